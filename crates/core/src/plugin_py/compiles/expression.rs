//! Expressions.

use std::collections::HashSet;

use ruff_python_ast::{Arguments, Comprehension, Expr, ExprContext};

use super::super::fstring;
use super::super::reason::{Cause, Finding};
use super::{Kind, Scope, Walk};

impl Walk<'_> {
    pub(super) fn optional(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    pub(super) fn exprs<'b>(&mut self, exprs: impl IntoIterator<Item = &'b Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    /// Elements of a display or a call, where a starred expression may stand.
    pub(super) fn elements<'b>(&mut self, exprs: impl IntoIterator<Item = &'b Expr>) {
        for expr in exprs {
            self.expr(if let Expr::Starred(starred) = expr { &starred.value } else { expr });
        }
    }

    pub(super) fn arguments(&mut self, arguments: &Arguments) {
        self.elements(&arguments.args);
        let mut seen = HashSet::new();
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.name(name);
                if !seen.insert(name.as_str()) {
                    self.certain(keyword, "a keyword argument is repeated");
                }
            }
            self.expr(&keyword.value);
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => {
                if !matches!(name.ctx, ExprContext::Load) && &*name.id == "__debug__" {
                    self.doubt(expr, "`__debug__` can be assigned to");
                }
            }
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
            Expr::BoolOp(operation) => self.exprs(&operation.values),
            Expr::BinOp(operation) => self.exprs([&*operation.left, &*operation.right]),
            Expr::UnaryOp(operation) => self.expr(&operation.operand),
            Expr::If(choice) => self.exprs([&*choice.test, &*choice.body, &*choice.orelse]),
            Expr::Compare(compare) => {
                self.expr(&compare.left);
                self.exprs(&compare.comparators);
            }
            Expr::Call(call) => {
                self.expr(&call.func);
                self.arguments(&call.arguments);
            }
            Expr::Attribute(attribute) => {
                self.name(&attribute.attr);
                self.expr(&attribute.value);
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value);
                self.expr(&subscript.slice);
            }
            Expr::Slice(slice) => {
                [&slice.lower, &slice.upper, &slice.step].into_iter().flatten().for_each(|part| self.expr(part));
            }
            Expr::List(list) => self.elements(&list.elts),
            Expr::Tuple(tuple) => self.elements(&tuple.elts),
            Expr::Set(set) => self.elements(&set.elts),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.optional(item.key.as_ref());
                    self.expr(&item.value);
                }
            }
            Expr::Lambda(lambda) => {
                let mut scope = Scope::new(Kind::Lambda);
                if let Some(parameters) = &lambda.parameters {
                    scope.parameters = self.parameters(parameters);
                }
                self.within(scope, |walk| walk.expr(&lambda.body));
            }
            Expr::ListComp(list) => self.comprehension(&[&list.elt], &list.generators),
            Expr::SetComp(set) => self.comprehension(&[&set.elt], &set.generators),
            Expr::Generator(generator) => self.comprehension(&[&generator.elt], &generator.generators),
            Expr::DictComp(dict) => {
                let parts: Vec<&Expr> = dict.key.as_deref().into_iter().chain([&*dict.value]).collect();
                self.comprehension(&parts, &dict.generators);
            }
            Expr::Named(named) => {
                if self.annotation
                    || self.iterable
                    || matches!(self.kind(), Kind::Class | Kind::Lambda | Kind::Comprehension)
                {
                    self.doubt(expr, "a named expression may stand here");
                }
                self.single_target(&named.target);
                self.expr(&named.value);
            }
            Expr::Await(wait) => {
                self.suspends(expr, "`await` outside an asynchronous function", |kind| kind == Kind::AsyncFunction);
                self.expr(&wait.value);
            }
            Expr::Yield(value) => {
                self.yields(expr);
                self.optional(value.value.as_deref());
            }
            Expr::YieldFrom(value) => {
                self.yields(expr);
                if self.kind() == Kind::AsyncFunction {
                    self.certain(expr, "`yield from` in an asynchronous function");
                }
                self.expr(&value.value);
            }
            Expr::FString(string) => {
                if let Some(at) = fstring::unusual(string, self.text) {
                    let what = "it is not checked whether Python 3.11 reads this f-string as later versions do";
                    self.findings.push(Finding::doubt(Cause::MayNotCompile, at, what));
                }
                for element in string.value.elements() {
                    if let Some(field) = element.as_interpolation() {
                        self.expr(&field.expression);
                    }
                }
            }
            Expr::Starred(_) | Expr::TString(_) | Expr::IpyEscapeCommand(_) => {
                self.doubt(expr, "this may stand here");
            }
        }
    }

    fn yields(&mut self, expr: &Expr) {
        self.suspends(expr, "`yield` outside a function", |kind| matches!(kind, Kind::Function | Kind::AsyncFunction));
        if let Some(scope) = self.scopes.last_mut() {
            scope.yields = true;
        }
    }

    fn suspends(&mut self, expr: &Expr, what: &str, allowed: impl Fn(Kind) -> bool) {
        match self.kind() {
            _ if self.annotation => self.doubt(expr, "this may stand in an annotation"),
            kind if allowed(kind) => {}
            Kind::Lambda | Kind::Comprehension => self.doubt(expr, "this may stand in a lambda or a comprehension"),
            _ => self.certain(expr, what),
        }
    }

    fn iterable(&mut self, expr: &Expr) {
        let before = std::mem::replace(&mut self.iterable, true);
        self.expr(expr);
        self.iterable = before;
    }

    fn comprehension(&mut self, parts: &[&Expr], generators: &[Comprehension]) {
        if let Some(first) = generators.first() {
            self.iterable(&first.iter);
        }
        if generators.iter().any(|generator| generator.is_async)
            && let Some(first) = parts.first()
        {
            self.doubt(*first, "an asynchronous comprehension may stand here");
        }
        self.within(Scope::new(Kind::Comprehension), |walk| {
            for (number, generator) in generators.iter().enumerate() {
                if number > 0 {
                    walk.iterable(&generator.iter);
                }
                walk.target(&generator.target, false);
                walk.exprs(&generator.ifs);
            }
            walk.exprs(parts.iter().copied());
        });
    }
}
