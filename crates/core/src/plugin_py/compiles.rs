//! What parses and still does not compile, anywhere in the file.
//!
//! Python looks at every function body when it imports a module, also at those that never run. What the compiler refuses
//! and can be told for certain is; where its rules are intricate (`nonlocal`, `except*`, named expressions in
//! comprehensions) the answer is that it may not compile.

mod expression;
mod pattern;

use std::collections::HashSet;

use ruff_python_ast::{
    ExceptHandler, Expr, ExprContext, Identifier, Parameters, Stmt, StmtFunctionDef, StmtImportFrom, StmtTry,
};
use ruff_text_size::{Ranged, TextSize};

use super::reason::{Cause, Finding};

const FUTURE_FEATURES: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "annotations",
];

/// Returns what Python 3.11's compiler refuses, or may refuse.
pub(super) fn check(suite: &[Stmt], text: &str) -> Vec<Finding> {
    let mut walk = Walk {
        text,
        findings: Vec::new(),
        scopes: vec![Scope::new(Kind::Module)],
        loops: 0,
        annotation: false,
        iterable: false,
    };
    let mut futures_allowed = true;
    for (number, stmt) in suite.iter().enumerate() {
        let docstring = number == 0 && matches!(stmt, Stmt::Expr(expr) if expr.value.is_string_literal_expr());
        let future = matches!(stmt, Stmt::ImportFrom(import) if is_future(import));
        if future && !futures_allowed {
            walk.certain(stmt, "`from __future__` imports must stand at the beginning of the file");
        }
        futures_allowed &= docstring || future;
        walk.stmt(stmt);
    }
    walk.findings
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
}

struct Scope {
    kind: Kind,
    parameters: HashSet<String>,
    globals: HashSet<String>,
    yields: bool,
    returns: Option<TextSize>,
}

impl Scope {
    fn new(kind: Kind) -> Self {
        Self { kind, parameters: HashSet::new(), globals: HashSet::new(), yields: false, returns: None }
    }
}

struct Walk<'a> {
    text: &'a str,
    findings: Vec<Finding>,
    scopes: Vec<Scope>,
    loops: usize,
    annotation: bool,
    /// Within the expression that a comprehension goes through.
    iterable: bool,
}

impl Walk<'_> {
    fn certain(&mut self, at: &impl Ranged, what: &str) {
        let what = format!("Python does not compile it: {what}");
        self.findings.push(Finding::certain(Cause::NotCompiled, at.start(), what));
    }

    fn doubt(&mut self, at: &impl Ranged, what: &str) {
        self.findings.push(Finding::doubt(
            Cause::MayNotCompile,
            at.start(),
            format!("it is not checked whether {what}"),
        ));
    }

    fn kind(&self) -> Kind {
        self.scopes.last().map_or(Kind::Module, |scope| scope.kind)
    }

    fn within(&mut self, scope: Scope, body: impl FnOnce(&mut Self)) {
        let loops = std::mem::take(&mut self.loops);
        self.scopes.push(scope);
        body(self);
        self.scopes.pop();
        self.loops = loops;
    }

    fn body(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => {
                self.name(&class.name);
                class.decorator_list.iter().for_each(|decorator| self.expr(&decorator.expression));
                class.arguments.iter().for_each(|arguments| self.arguments(arguments));
                self.within(Scope::new(Kind::Class), |walk| walk.body(&class.body));
            }
            Stmt::Return(ret) => {
                if !matches!(self.kind(), Kind::Function | Kind::AsyncFunction) {
                    self.certain(stmt, "`return` outside a function");
                }
                if let (Some(value), Some(scope)) = (&ret.value, self.scopes.last_mut()) {
                    scope.returns = Some(value.start());
                }
                self.optional(ret.value.as_deref());
            }
            Stmt::Delete(delete) => delete.targets.iter().for_each(|target| self.target(target, false)),
            Stmt::Assign(assign) => {
                self.expr(&assign.value);
                assign.targets.iter().for_each(|target| self.target(target, false));
            }
            Stmt::AugAssign(assign) => {
                self.expr(&assign.value);
                self.single_target(&assign.target);
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(scope)) = (&*assign.target, self.scopes.last())
                    && scope.globals.contains(&*name.id)
                {
                    self.certain(stmt, "an annotated name is `global`");
                }
                self.annotation(Some(&assign.annotation));
                self.optional(assign.value.as_deref());
                self.single_target(&assign.target);
            }
            Stmt::For(each) => {
                self.only_async(each.is_async, stmt);
                self.expr(&each.iter);
                self.target(&each.target, false);
                self.looped(&each.body);
                self.body(&each.orelse);
            }
            Stmt::While(each) => {
                self.expr(&each.test);
                self.looped(&each.body);
                self.body(&each.orelse);
            }
            Stmt::If(choice) => {
                self.expr(&choice.test);
                self.body(&choice.body);
                for clause in &choice.elif_else_clauses {
                    self.optional(clause.test.as_ref());
                    self.body(&clause.body);
                }
            }
            Stmt::With(with) => {
                self.only_async(with.is_async, stmt);
                for item in &with.items {
                    self.expr(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.target(target, false));
                }
                self.body(&with.body);
            }
            Stmt::Match(choice) => self.match_statement(choice),
            Stmt::Raise(raise) => {
                self.optional(raise.exc.as_deref());
                self.optional(raise.cause.as_deref());
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Assert(assert) => {
                self.expr(&assert.test);
                self.optional(assert.msg.as_deref());
            }
            Stmt::Import(import) => {
                import.names.iter().for_each(|alias| self.name(alias.asname.as_ref().unwrap_or(&alias.name)));
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(_) => self.doubt(stmt, "the name is used before this `global`"),
            Stmt::Nonlocal(_) if self.kind() == Kind::Module => self.certain(stmt, "`nonlocal` at the top level"),
            Stmt::Nonlocal(_) => self.doubt(stmt, "this `nonlocal` finds its name"),
            Stmt::Expr(expr) => self.expr(&expr.value),
            Stmt::Pass(_) => {}
            Stmt::Break(_) | Stmt::Continue(_) if self.loops == 0 => {
                self.certain(stmt, "`break` or `continue` outside a loop");
            }
            Stmt::Break(_) | Stmt::Continue(_) => {}
            Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => self.doubt(stmt, "Python 3.11 takes this statement"),
        }
    }

    fn looped(&mut self, body: &[Stmt]) {
        self.loops += 1;
        self.body(body);
        self.loops -= 1;
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        self.name(&function.name);
        function.decorator_list.iter().for_each(|decorator| self.expr(&decorator.expression));
        let mut scope = Scope::new(if function.is_async { Kind::AsyncFunction } else { Kind::Function });
        scope.parameters = self.parameters(&function.parameters);
        self.annotation(function.returns.as_deref());
        let is_async = function.is_async;
        self.within(scope, |walk| {
            let mut declarations = true;
            for stmt in &function.body {
                // Python wants `global` before any use of the name; here it must come first.
                match stmt {
                    Stmt::Global(global) if declarations => walk.global(stmt, &global.names),
                    _ => walk.stmt(stmt),
                }
                declarations &= match stmt {
                    Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
                    _ => stmt.is_global_stmt(),
                };
            }
            if let Some(Scope { yields: true, returns: Some(_), .. }) = walk.scopes.last().filter(|_| is_async) {
                walk.certain(function, "`return` with a value in an asynchronous generator");
            }
        });
    }

    fn global(&mut self, stmt: &Stmt, names: &[Identifier]) {
        let Some(scope) = self.scopes.last_mut() else { return };
        let parameter = names.iter().any(|name| scope.parameters.contains(name.as_str()));
        scope.globals.extend(names.iter().map(|name| name.as_str().to_owned()));
        if parameter {
            self.certain(stmt, "a parameter is `global`");
        }
    }

    fn import_from(&mut self, import: &StmtImportFrom) {
        for alias in &import.names {
            self.name(alias.asname.as_ref().unwrap_or(&alias.name));
            if &*alias.name == "*" && self.kind() != Kind::Module {
                self.certain(import, "`import *` inside a function or class");
            }
            if is_future(import) && &*alias.name == "barry_as_FLUFL" {
                self.doubt(import, "the file compiles with this feature");
            } else if is_future(import) && !FUTURE_FEATURES.contains(&&*alias.name) {
                self.certain(import, "there is no such feature in `__future__`");
            }
        }
        if is_future(import) && self.kind() != Kind::Module {
            self.certain(import, "`from __future__` imports must stand at the beginning of the file");
        }
    }

    fn attempt(&mut self, attempt: &StmtTry) {
        self.body(&attempt.body);
        for (number, handler) in attempt.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            if handler.type_.is_none() && number + 1 < attempt.handlers.len() {
                self.certain(handler, "a bare `except` must be the last");
            }
            if attempt.is_star {
                self.doubt(handler, "this `except*` holds no `break`, `continue` or `return`");
            }
            self.optional(handler.type_.as_deref());
            handler.name.iter().for_each(|name| self.name(name));
            self.body(&handler.body);
        }
        self.body(&attempt.orelse);
        self.body(&attempt.finalbody);
    }

    fn only_async(&mut self, is_async: bool, at: &impl Ranged) {
        if is_async && self.kind() != Kind::AsyncFunction {
            self.certain(at, "`async` outside an asynchronous function");
        }
    }

    fn name(&mut self, name: &Identifier) {
        if name.as_str() == "__debug__" {
            self.doubt(name, "`__debug__` may stand here");
        }
    }

    fn parameters(&mut self, parameters: &Parameters) -> HashSet<String> {
        let mut seen = HashSet::new();
        for parameter in parameters {
            self.name(parameter.name());
            self.annotation(parameter.annotation());
            self.optional(parameter.default());
            if !seen.insert(parameter.name().as_str().to_owned()) {
                self.certain(parameter.name(), "two parameters have one name");
            }
        }
        seen
    }

    fn annotation(&mut self, expr: Option<&Expr>) {
        let before = std::mem::replace(&mut self.annotation, true);
        match expr {
            // `*args: *Ts`
            Some(Expr::Starred(starred)) => self.expr(&starred.value),
            _ => self.optional(expr),
        }
        self.annotation = before;
    }

    fn single_target(&mut self, target: &Expr) {
        match target {
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => self.expr(target),
            _ => self.doubt(target, "this can be assigned to"),
        }
    }

    fn target(&mut self, target: &Expr, in_tuple: bool) {
        match target {
            Expr::Tuple(_) | Expr::List(_) => {
                let elements = match target {
                    Expr::Tuple(tuple) => &tuple.elts,
                    Expr::List(list) => &list.elts,
                    _ => return,
                };
                let starred = elements.iter().filter(|element| element.is_starred_expr()).count();
                if starred > 1 {
                    self.certain(target, "two starred names in one assignment");
                } else if starred == 1 && elements.len() > 200 {
                    self.doubt(target, "an assignment can have so many names");
                }
                elements.iter().for_each(|element| self.target(element, true));
            }
            Expr::Starred(starred) if in_tuple && matches!(starred.ctx, ExprContext::Store) => {
                self.target(&starred.value, false);
            }
            _ => self.single_target(target),
        }
    }
}

fn is_future(import: &StmtImportFrom) -> bool {
    import.level == 0 && import.module.as_deref() == Some("__future__")
}
