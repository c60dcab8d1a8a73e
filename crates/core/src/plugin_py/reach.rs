//! Whether code that is not followed got hold of the module's own classes.
//!
//! `register(Plugin)` or `setup()` may change a class after it was defined, so what was found out about its `__init__` is no
//! longer certain. Code that is handed nothing of the module's own cannot.

use std::collections::HashSet;

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{Decorator, Expr, ExprContext, Parameters, Stmt};

/// What has been handed out up to a statement.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// Names through which the module's own functions and classes can be reached.
    names: HashSet<String>,
    /// Whether code that is not followed may have changed a class of the module.
    pub(super) changed: bool,
}

impl Reach {
    /// Takes note of the next statement at the top level, and of whether it was followed.
    pub(super) fn see(&mut self, stmt: &Stmt, followed: bool) {
        let mentions = match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => return,
            Stmt::FunctionDef(function) => {
                let mentions = self.mentions(&[], &function.decorator_list, Some(&function.parameters));
                self.names.insert(function.name.to_string());
                mentions
            }
            Stmt::ClassDef(class) => {
                let mentions = self.mentions(&class.body, &class.decorator_list, None);
                self.names.insert(class.name.to_string());
                mentions
            }
            _ => {
                let mentions = self.mentions(std::slice::from_ref(stmt), &[], None);
                if mentions {
                    let mut bound = Bound(&mut self.names);
                    bound.visit_stmt(stmt);
                }
                mentions
            }
        };
        self.changed |= mentions && !followed;
    }

    /// Tells whether one of the names is used where it is evaluated at once.
    fn mentions(&self, body: &[Stmt], decorators: &[Decorator], parameters: Option<&Parameters>) -> bool {
        let mut finder = Finder { names: &self.names, found: false };
        decorators.iter().for_each(|decorator| finder.visit_expr(&decorator.expression));
        parameters
            .into_iter()
            .flatten()
            .filter_map(|parameter| parameter.default())
            .for_each(|default| finder.visit_expr(default));
        body.iter().for_each(|stmt| finder.visit_stmt(stmt));
        finder.found
    }
}

struct Finder<'n> {
    names: &'n HashSet<String>,
    found: bool,
}

impl<'a> SourceOrderVisitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // A body runs later, and annotations are only stored.
            Stmt::FunctionDef(function) => {
                function.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                function
                    .parameters
                    .iter()
                    .filter_map(|parameter| parameter.default())
                    .for_each(|default| self.visit_expr(default));
            }
            _ => source_order::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            self.found |= self.names.contains(&*name.id);
        }
        source_order::walk_expr(self, expr);
    }
}

struct Bound<'n>(&'n mut HashSet<String>);

impl<'a> SourceOrderVisitor<'a> for Bound<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if matches!(name.ctx, ExprContext::Store) => {
                self.0.insert(name.id.to_string());
            }
            _ => source_order::walk_expr(self, expr),
        }
    }
}
