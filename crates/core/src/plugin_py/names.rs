//! Which names a module binds, and where.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprContext, Pattern, Stmt};

/// Ways to bind a module's names without writing them down.
const REFLECTIVE: [&str; 17] = [
    "globals",
    "locals",
    "vars",
    "exec",
    "eval",
    "setattr",
    "delattr",
    "modules",
    "import_module",
    "builtins",
    "currentframe",
    "_getframe",
    "__dict__",
    "__import__",
    "__builtins__",
    "__package__",
    "__spec__",
];

/// The places that bind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bindings {
    /// The number of the first and of the last statement at the top level that holds one.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Whether each is such a statement itself, so that it always happens.
    pub(super) always: bool,
    /// Whether there is just one.
    pub(super) single: bool,
}

/// The names of a module.
#[derive(Debug, Default)]
pub(super) struct Names {
    bindings: HashMap<String, Bindings>,
    by_statement: HashMap<usize, HashSet<String>>,
    /// Whether names may be bound that are not listed.
    pub(super) open: bool,
}

impl Names {
    /// Collects what the statements at the top level bind, now or, through `global`, later.
    pub(super) fn of(suite: &[Stmt]) -> Self {
        let mut collector = Collector { names: Self::default(), statement: 0, depth: 0, always: true };
        for (number, stmt) in suite.iter().enumerate() {
            collector.statement = number;
            collector.always = matches!(
                stmt,
                Stmt::FunctionDef(_)
                    | Stmt::ClassDef(_)
                    | Stmt::Assign(_)
                    | Stmt::AnnAssign(_)
                    | Stmt::AugAssign(_)
                    | Stmt::Import(_)
                    | Stmt::ImportFrom(_)
            );
            collector.visit_stmt(stmt);
        }
        collector.names
    }

    /// Returns the places that bind a name, if any does.
    pub(super) fn bindings(&self, name: &str) -> Option<Bindings> {
        self.bindings.get(name).copied()
    }

    /// Returns every name that is bound anywhere.
    pub(super) fn all(&self) -> HashSet<String> {
        self.bindings.keys().cloned().collect()
    }

    /// Takes the names that a statement at the top level may bind.
    pub(super) fn take_bound_by(&mut self, statement: usize) -> HashSet<String> {
        self.by_statement.remove(&statement).unwrap_or_default()
    }
}

struct Collector {
    names: Names,
    statement: usize,
    /// How many functions and classes stand around.
    depth: usize,
    always: bool,
}

impl Collector {
    fn bind(&mut self, name: &str, always: bool) {
        let statement = self.statement;
        let new = Bindings { first: statement, last: statement, always, single: true };
        self.names
            .bindings
            .entry(name.to_owned())
            .and_modify(|known| {
                *known =
                    Bindings { first: known.first, last: statement, always: always && known.always, single: false };
            })
            .or_insert(new);
        self.names.by_statement.entry(statement).or_default().insert(name.to_owned());
    }

    fn bind_here(&mut self, name: &str) {
        if self.depth == 0 {
            self.bind(name, self.always);
        }
    }

    fn mention(&mut self, name: &str) {
        self.names.open |= REFLECTIVE.contains(&name);
    }
}

impl<'a> SourceOrderVisitor<'a> for Collector {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.bind_here(&function.name);
                // A module's own `__getattr__` answers for names that are not there.
                self.names.open |= self.depth == 0 && &*function.name == "__getattr__";
            }
            Stmt::ClassDef(class) => self.bind_here(&class.name),
            Stmt::Global(global) => {
                for name in &global.names {
                    self.bind(name, false);
                }
            }
            Stmt::ImportFrom(import) => self.names.open |= import.names.iter().any(|alias| &*alias.name == "*"),
            _ => {}
        }
        let inside = matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        self.depth += usize::from(inside);
        source_order::walk_stmt(self, stmt);
        self.depth -= usize::from(inside);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                self.mention(&name.id);
                if !matches!(name.ctx, ExprContext::Load) {
                    self.bind_here(&name.id);
                }
            }
            Expr::Attribute(attribute) => self.mention(&attribute.attr),
            Expr::Named(named) => {
                // Through a comprehension or a default this may be the module's name as well.
                if let Expr::Name(name) = &*named.target {
                    self.bind(&name.id, false);
                }
            }
            _ => {}
        }
        source_order::walk_expr(self, expr);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        for part in alias.name.split('.') {
            self.mention(part);
        }
        let bound = alias.asname.as_deref().or_else(|| alias.name.split('.').next());
        if let Some(bound) = bound {
            self.bind_here(bound);
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind_here(name);
        }
        source_order::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(part) => part.name.as_ref(),
            Pattern::MatchStar(part) => part.name.as_ref(),
            Pattern::MatchMapping(part) => part.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind_here(name);
        }
        source_order::walk_pattern(self, pattern);
    }
}
