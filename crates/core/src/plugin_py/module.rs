//! Following the top level of a module.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtAssign, StmtIf, StmtImport, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange};

use super::class::Class;
use super::names::Names;
use super::reach::Reach;
use super::reason::{Cause, Finding};
use super::stdlib;
use super::value::{Scope, Value, may_fail};

/// Names with a meaning of their own that can be assigned at the top level without any effect on the import.
const HARMLESS_DUNDERS: [&str; 10] = [
    "__all__",
    "__author__",
    "__copyright__",
    "__credits__",
    "__doc__",
    "__email__",
    "__license__",
    "__maintainer__",
    "__status__",
    "__version__",
];

/// How many steps are taken to follow a module; a text of the largest size has fewer unless it repeats itself.
const MAX_STEPS: usize = 2_000_000;

/// How much values may grow by operations on each other: fifty products, or five f-strings of two texts.
const MAX_GROWTH: usize = 100;

/// What is known while a module runs.
pub(super) struct Run<'a> {
    pub(super) names: Names,
    pub(super) globals: HashMap<String, Value>,
    pub(super) classes: Vec<Class<'a>>,
    /// Whether annotations are not evaluated.
    pub(super) future_annotations: bool,
    /// The number of the statement at the top level that runs.
    pub(super) statement: usize,
    pub(super) findings: Vec<Finding>,
    /// How many instances are being made, one for another.
    pub(super) making: usize,
    reach: Reach,
    imported: HashSet<String>,
    steps: usize,
    growth: usize,
}

/// Follows a module to its end and then `Plugin()`; returns all that was found.
pub(super) fn run(suite: &[Stmt], names: Names) -> Vec<Finding> {
    let mut run = Run {
        names,
        globals: HashMap::new(),
        classes: Vec::new(),
        future_annotations: false,
        statement: 0,
        findings: Vec::new(),
        making: 0,
        reach: Reach::default(),
        imported: HashSet::new(),
        steps: 0,
        growth: 0,
    };
    for (number, stmt) in suite.iter().enumerate() {
        run.statement = number;
        let result = run.top_level(stmt);
        run.reach.see(stmt, result.is_ok());
        if let Err(finding) = result {
            let instance = matches!(finding.cause, Cause::NeedsArguments | Cause::Abstract);
            run.findings.push(if instance && run.reach.changed { finding.in_doubt() } else { finding });
            let bound = run.names.take_bound_by(number);
            run.globals.extend(bound.into_iter().map(|name| (name, Value::Unknown)));
        }
    }
    run.statement = suite.len();
    if let Err(finding) = run.plugin(suite) {
        let kept = finding.cause == Cause::NoPlugin || !run.reach.changed;
        run.findings.push(if kept { finding } else { finding.in_doubt() });
    }
    if run.names.open {
        // Names may come and go in ways that are not followed.
        run.findings = run.findings.into_iter().map(Finding::in_doubt).collect();
    }
    run.findings
}

impl<'a> Run<'a> {
    /// Counts steps, so that no text makes this take for ever.
    pub(super) fn spend(&mut self, steps: usize, at: &impl Ranged) -> Result<(), Finding> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS {
            return Err(may_fail(at, "it takes more steps to follow than are taken"));
        }
        Ok(())
    }

    /// Counts operations whose results may become longer and longer.
    pub(super) fn grow(&mut self, by: usize, at: &impl Ranged) -> Result<(), Finding> {
        self.growth += by;
        if self.growth > MAX_GROWTH {
            return Err(may_fail(at, "how large this becomes is not followed"));
        }
        Ok(())
    }

    fn top_level(&mut self, stmt: &'a Stmt) -> Result<(), Finding> {
        match stmt {
            Stmt::Import(import) => {
                self.import(import);
                Ok(())
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::If(choice) => self.choice(choice),
            Stmt::Raise(raise) if raise.cause.is_none() => {
                Err(Finding::certain(Cause::Raises, stmt.start(), "the top level raises an exception"))
            }
            _ => {
                let mut scope = Scope::module();
                self.statement(stmt, &mut scope)?;
                self.globals.extend(scope.into_names());
                Ok(())
            }
        }
    }

    /// Follows a statement that a module and a class body have in common; new names go into `scope`.
    pub(super) fn statement(&mut self, stmt: &'a Stmt, scope: &mut Scope) -> Result<(), Finding> {
        match stmt {
            Stmt::Pass(_) => Ok(()),
            Stmt::Expr(expr) => self.eval(&expr.value, scope).map(drop),
            Stmt::Assign(assign) => self.assign(assign, scope),
            Stmt::AnnAssign(assign) => self.annotated(assign, scope),
            Stmt::FunctionDef(function) => {
                let value = self.function(function, scope)?;
                scope.bind(&function.name, value);
                Ok(())
            }
            Stmt::ClassDef(class) => {
                let value = self.class(class, scope)?;
                scope.bind(&class.name, value);
                Ok(())
            }
            _ => Err(Finding::doubt(Cause::MayFail, stmt.start(), "this runs on import and is not followed")),
        }
    }

    fn assign(&mut self, assign: &'a StmtAssign, scope: &mut Scope) -> Result<(), Finding> {
        if let ([Expr::Tuple(targets)], Expr::Tuple(values)) = (&*assign.targets, &*assign.value)
            && targets.len() == values.len()
        {
            let values: Vec<Value> = values.iter().map(|value| self.eval(value, scope)).collect::<Result<_, _>>()?;
            return targets.iter().zip(values).try_for_each(|(target, value)| bind(target, value, scope));
        }
        let value = self.eval(&assign.value, scope)?;
        assign.targets.iter().try_for_each(|target| bind(target, value.clone(), scope))
    }

    fn annotated(&mut self, assign: &'a StmtAnnAssign, scope: &mut Scope) -> Result<(), Finding> {
        let value = assign.value.as_deref().map(|value| self.eval(value, scope)).transpose()?;
        if let Some(value) = value {
            bind(&assign.target, value, scope)?;
        } else if !assign.target.is_name_expr() {
            return Err(Finding::doubt(Cause::MayFail, assign.start(), "this target is not followed"));
        }
        self.annotation(Some(&assign.annotation), scope)
    }

    /// Follows an annotation, which Python 3.11 evaluates unless `from __future__ import annotations` stands above.
    pub(super) fn annotation(&mut self, annotation: Option<&'a Expr>, scope: &Scope) -> Result<(), Finding> {
        match annotation {
            Some(annotation) if !self.future_annotations => self.eval(annotation, scope).map(drop),
            _ => Ok(()),
        }
    }

    fn choice(&mut self, choice: &'a StmtIf) -> Result<(), Finding> {
        let skipped = choice.elif_else_clauses.is_empty()
            && (self.is_type_checking(&choice.test)
                || (is_main_check(&choice.test) && !self.globals.contains_key("__name__")));
        if skipped {
            return Ok(());
        }
        Err(Finding::doubt(Cause::MayFail, choice.start(), "what this `if` decides is not followed"))
    }

    /// Recognizes `typing.TYPE_CHECKING`, which is false when a program runs.
    fn is_type_checking(&self, test: &Expr) -> bool {
        let is = |value: Option<&Value>, expected: &Value| value == Some(expected);
        match test {
            Expr::Name(name) => {
                is(self.globals.get(&*name.id), &Value::Std("typing".to_owned(), "TYPE_CHECKING".to_owned()))
            }
            Expr::Attribute(attribute) if &*attribute.attr == "TYPE_CHECKING" => match &*attribute.value {
                Expr::Name(name) => is(self.globals.get(&*name.id), &Value::Module("typing".to_owned())),
                _ => false,
            },
            _ => false,
        }
    }

    fn import(&mut self, import: &StmtImport) {
        for alias in &import.names {
            let module = alias.name.as_str();
            let (bound, value) = match (&alias.asname, module.split_once('.')) {
                (Some(name), _) => (name.as_str(), Value::Module(module.to_owned())),
                (None, Some((package, _))) if stdlib::has_module(package) => {
                    (package, Value::Module(package.to_owned()))
                }
                (None, Some((package, _))) => (package, Value::Fine),
                (None, None) => (module, Value::Module(module.to_owned())),
            };
            let value = if stdlib::has_module(module) {
                self.imported.insert(module.to_owned());
                value
            } else {
                self.findings.push(not_followed(module, alias.range()));
                Value::Unknown
            };
            self.globals.insert(bound.to_owned(), value);
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) -> Result<(), Finding> {
        let module = import.module.as_deref().unwrap_or_default();
        if import.level > 0 {
            let what = "this import is relative, and the loader imports `plugin.py` outside any package";
            return Err(Finding::certain(Cause::RelativeImport, import.start(), what));
        }
        let mut result = Ok(());
        for alias in &import.names {
            let name = alias.name.as_str();
            let value = match self.imported_name(module, name, alias.range()) {
                Ok(value) => value,
                Err(finding) => {
                    // A certain failure counts more than a doubt before it.
                    if finding.certain || result.is_ok() {
                        result = Err(finding);
                    }
                    Value::Unknown
                }
            };
            self.globals.insert(alias.asname.as_deref().unwrap_or(name).to_owned(), value);
        }
        result
    }

    fn imported_name(&mut self, module: &str, name: &str, range: TextRange) -> Result<Value, Finding> {
        if module == "__future__" {
            self.future_annotations |= name == "annotations";
            return Ok(Value::Fine);
        }
        let submodule = format!("{module}.{name}");
        if stdlib::has_module(&submodule) {
            self.imported.insert(submodule.clone());
            return Ok(Value::Module(submodule));
        }
        if !stdlib::has_module(module) {
            return Err(not_followed(module, range));
        }
        let at = range.start();
        match stdlib::find(module, name) {
            _ if name == "*" => Err(Finding::doubt(Cause::PluginUnclear, at, "what `import *` brings is not followed")),
            Some(_) => Ok(Value::Std(module.to_owned(), name.to_owned())),
            None if stdlib::is_later(module, name) => {
                Err(Finding::certain(Cause::MissingName, at, format!("Python 3.11's `{module}` has no `{name}`")))
            }
            None => {
                let what = format!("whether every Python 3.11 has `{name}` in `{module}` is not known here");
                Err(Finding::doubt(Cause::MissingName, at, what))
            }
        }
    }

    /// Returns a module's attribute.
    pub(super) fn module_attribute(&self, module: &str, name: &str) -> Option<Value> {
        let submodule = format!("{module}.{name}");
        if self.imported.contains(&submodule) {
            return Some(Value::Module(submodule));
        }
        let kind = stdlib::find(module, name)?;
        if kind.module {
            return stdlib::has_module(&submodule).then_some(Value::Module(submodule));
        }
        Some(Value::Std(module.to_owned(), name.to_owned()))
    }
}

fn bind(target: &Expr, value: Value, scope: &mut Scope) -> Result<(), Finding> {
    match target {
        Expr::Name(name)
            if !name.id.starts_with("__") || scope.is_module() && HARMLESS_DUNDERS.contains(&&*name.id) =>
        {
            scope.bind(&name.id, value);
            Ok(())
        }
        _ => Err(Finding::doubt(Cause::MayFail, target.start(), "what this assignment does is not followed")),
    }
}

fn not_followed(module: &str, range: TextRange) -> Finding {
    let package = module.split('.').next().unwrap_or(module);
    if stdlib::is_part_of_python(package) {
        let what = format!("whether every Python 3.11 can import `{module}` is not known here");
        return Finding::doubt(Cause::MissingName, range.start(), what);
    }
    Finding::doubt(Cause::OtherPackage, range.start(), format!("`{package}`"))
}

fn is_main_check(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    matches!(&*compare.left, Expr::Name(name) if &*name.id == "__name__")
        && matches!(&*compare.ops, [ruff_python_ast::CmpOp::Eq])
        && matches!(&*compare.comparators, [Expr::StringLiteral(string)] if string.value.to_str() == "__main__")
}
