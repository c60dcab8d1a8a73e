//! `Plugin()`: making an instance without arguments.

use std::collections::HashMap;

use ruff_python_ast::{Expr, Parameters, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use super::class::{Flavour, unknown_base};
use super::module::Run;
use super::names::Names;
use super::reason::{Cause, Finding};
use super::value::{Scope, Value, may_fail};

/// How many instances may be made while one is made.
const MAX_DEPTH: usize = 8;

impl<'a> Run<'a> {
    /// Follows what the loader does with the module: take `Plugin` and call it.
    pub(super) fn plugin(&mut self, suite: &'a [Stmt]) -> Result<(), Finding> {
        let Some(bindings) = self.names.bindings("Plugin") else { return Err(no_plugin(suite)) };
        let at = suite.get(bindings.last).map_or_else(TextSize::default, Ranged::start);
        let unclear = |what: &str| Finding::doubt(Cause::PluginUnclear, at, what);
        if !bindings.always {
            return Err(unclear("what `Plugin` is in the end is not followed"));
        }
        match self.globals.get("Plugin") {
            Some(Value::Class(class)) => self.instantiate(*class, at),
            Some(
                Value::None
                | Value::Bool
                | Value::Int
                | Value::Float
                | Value::Str
                | Value::Bytes
                | Value::List
                | Value::Dict
                | Value::Set
                | Value::Tuple(_)
                | Value::Module(_),
            ) => Err(Finding::certain(Cause::NoPlugin, at, "`Plugin` is no class")),
            _ => match suite.get(bindings.last) {
                Some(Stmt::ClassDef(def)) if bindings.single => self.arguments_by_syntax(def),
                _ => Err(unclear("whether `Plugin` is a class that can be made is not followed")),
            },
        }
    }

    /// Looks at the `__init__` of a class whose definition holds something that is not followed.
    ///
    /// Such a definition fails, or defines the class with this `__init__`: what may change that is looked at.
    fn arguments_by_syntax(&mut self, def: &'a StmtClassDef) -> Result<(), Finding> {
        if let Some(decorator) = def.decorator_list.first() {
            return Err(may_fail(decorator, "what this decorator does is not followed"));
        }
        let arguments = def.arguments.as_deref();
        if arguments.is_some_and(|arguments| !arguments.keywords.is_empty()) {
            return Err(unknown_base(def));
        }
        for base in arguments.map_or(&[][..], |arguments| &arguments.args) {
            let known = match self.eval(base, &Scope::module()) {
                Ok(Value::Class(class)) => self.classes.get(class).is_some_and(|class| class.flavour == Flavour::Plain),
                Ok(value) => value.is_std("builtins", "object") || value.is_std("abc", "ABC"),
                Err(_) => false,
            };
            if !known {
                return Err(unknown_base(def));
            }
        }
        let mut init = None;
        let mut scope = Scope::class();
        for stmt in &def.body {
            match stmt {
                Stmt::FunctionDef(function) => {
                    let special = ["__new__", "__init_subclass__"].contains(&function.name.as_str());
                    let own_init = function.name.as_str() == "__init__";
                    if special || (own_init && init.is_some()) {
                        return Err(may_fail(function, "what this method changes is not followed"));
                    }
                    if own_init {
                        init = Some(function);
                    }
                    // An unknown decorator may return something that changes the class when it is defined.
                    let value = if function.decorator_list.is_empty() {
                        Value::Function
                    } else {
                        self.function(function, &scope).map_err(Finding::in_doubt)?
                    };
                    scope.bind(&function.name, value);
                }
                // The definition as a whole is not certain, so what fails in it is no more than a doubt here.
                _ => self.statement(stmt, &mut scope).map_err(Finding::in_doubt)?,
            }
        }
        match init {
            Some(init) if init.decorator_list.is_empty() => needs_arguments(init, &def.name)?,
            _ => {}
        }
        Err(Finding::doubt(Cause::PluginUnclear, def.start(), "this class holds something that is not followed"))
    }

    /// Follows the making of an instance without arguments.
    pub(super) fn instantiate(&mut self, class: usize, at: TextSize) -> Result<(), Finding> {
        self.instantiate_within(class, at, 0)
    }

    fn instantiate_within(&mut self, number: usize, at: TextSize, depth: usize) -> Result<(), Finding> {
        let left = self.abstract_left(number)?;
        let Some(class) = self.classes.get(number).filter(|_| depth < MAX_DEPTH && self.making < MAX_DEPTH) else {
            return Err(Finding::doubt(Cause::MayFail, at, "this makes more instances than are followed"));
        };
        let name = class.name;
        if class.abc
            && let Some(left) = left
        {
            let what = format!("`{name}` cannot be made: its method `{left}` is abstract");
            return Err(Finding::certain(Cause::Abstract, at, what));
        }
        match class.flavour {
            Flavour::Plain | Flavour::Exception | Flavour::Record { required: false, followed: true } => {}
            Flavour::Record { required: true, .. } => {
                let what = format!("`{name}()` fails: it has fields without a default");
                return Err(Finding::certain(Cause::NeedsArguments, at, what));
            }
            Flavour::NoInstances | Flavour::Record { .. } => {
                return Err(Finding::doubt(Cause::PluginUnclear, at, format!("what `{name}()` does is not followed")));
            }
        }
        self.making += 1;
        let result = self.initialize(number, number, depth).map(drop);
        self.making -= 1;
        result
    }

    /// Follows the first `__init__` of `class` or its bases, for an instance of `own`.
    fn initialize(&mut self, own: usize, class: usize, depth: usize) -> Result<Attributes, Finding> {
        let mut next = Some(class);
        let (number, init, defaults) = loop {
            let Some((number, class)) = next.and_then(|number| Some((number, self.classes.get(number)?))) else {
                return Ok(Attributes::new());
            };
            match &class.init {
                Some((init, defaults)) => break (number, *init, defaults.clone()),
                None if class.attributes.contains_key("__init__") => {
                    return Err(Finding::doubt(
                        Cause::MayFail,
                        TextSize::default(),
                        "what `__init__` is, is not followed",
                    ));
                }
                None => next = class.base,
            }
        };
        self.spend(init.range().len().to_usize() / 4, init)?;
        if let Some(decorator) = init.decorator_list.first() {
            return Err(may_fail(decorator, "what this decorator does is not followed"));
        }
        needs_arguments(init, self.classes.get(own).map_or("Plugin", |class| class.name))?;
        if init.is_async {
            let what = "`__init__` is asynchronous, so it returns no `None`";
            return Err(Finding::certain(Cause::Raises, init.start(), what));
        }
        let mut scope = Scope::function(Names::of(&init.body).all());
        let parameters = &*init.parameters;
        let itself = parameters.posonlyargs.first().or_else(|| parameters.args.first());
        let Some(itself) = itself.map(|parameter| parameter.name().as_str()) else {
            return Err(may_fail(init, "which parameter is the instance is not followed"));
        };
        for (name, value) in defaults {
            scope.bind(&name, value);
        }
        scope.bind(itself, Value::Itself);
        if let Some(rest) = &parameters.vararg {
            scope.bind(&rest.name, Value::Tuple(true));
        }
        if let Some(rest) = &parameters.kwarg {
            scope.bind(&rest.name, Value::Dict);
        }
        for stmt in &init.body {
            match stmt {
                Stmt::Pass(_) => {}
                Stmt::Return(ret) if ret.value.as_deref().is_none_or(Expr::is_none_literal_expr) => {
                    return Ok(attributes(scope));
                }
                Stmt::Raise(_) => {
                    return Err(Finding::certain(Cause::Raises, stmt.start(), "`__init__` raises an exception"));
                }
                Stmt::Expr(expr) if is_super_init(&expr.value) => {
                    if self.names.bindings("super").is_some() || scope.get("super").is_some() {
                        return Err(may_fail(stmt, "what `super` is, is not followed"));
                    }
                    if let Some(base) = self.classes.get(number).and_then(|class| class.base) {
                        if depth + 1 >= MAX_DEPTH {
                            return Err(may_fail(stmt, "so many inherited classes are not followed"));
                        }
                        let inherited = self.initialize(own, base, depth + 1)?;
                        inherited.into_iter().for_each(|(name, value)| scope.bind(&name, value));
                    }
                }
                Stmt::Expr(expr) => self.eval(&expr.value, &scope).map(drop)?,
                Stmt::Assign(assign) => {
                    let value = self.eval(&assign.value, &scope)?;
                    for target in &assign.targets {
                        self.store(target, value.clone(), itself, own, &mut scope)?;
                    }
                }
                // In a function annotations are not evaluated.
                Stmt::AnnAssign(assign) => match assign.value.as_deref() {
                    Some(value) => {
                        let value = self.eval(value, &scope)?;
                        self.store(&assign.target, value, itself, own, &mut scope)?;
                    }
                    None if assign.target.is_name_expr() => {}
                    None => return Err(may_fail(stmt, "this is not followed")),
                },
                _ => return Err(may_fail(stmt, "what `__init__` does here is not followed")),
            }
        }
        Ok(attributes(scope))
    }

    fn store(&self, target: &Expr, value: Value, itself: &str, own: usize, scope: &mut Scope) -> Result<(), Finding> {
        match target {
            Expr::Name(name) if &*name.id != itself => {
                scope.bind(&name.id, value);
                return Ok(());
            }
            Expr::Attribute(attribute) if matches!(&*attribute.value, Expr::Name(name) if &*name.id == itself) => {
                let name = attribute.attr.as_str();
                let exception = self.classes.get(own).is_none_or(|class| class.flavour == Flavour::Exception);
                let special = name.starts_with("__") && name.ends_with("__") || (exception && name == "args");
                let hidden = self.class_attribute(own, name);
                if !special && !matches!(hidden, Some(Value::Property | Value::Abstract | Value::Unknown)) {
                    scope.bind(&format!("self.{name}"), value);
                    return Ok(());
                }
            }
            _ => {}
        }
        Err(may_fail(target, "what this assignment does is not followed"))
    }
}

/// What an instance has got, under names that begin with `self.`.
type Attributes = HashMap<String, Value>;

fn attributes(scope: Scope) -> Attributes {
    scope.into_names().into_iter().filter(|(name, _)| name.starts_with("self.")).collect()
}

/// Recognizes `super().__init__()`.
fn is_super_init(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Attribute(attribute) = &*call.func else { return false };
    let Expr::Call(inner) = &*attribute.value else { return false };
    call.arguments.is_empty()
        && attribute.attr.as_str() == "__init__"
        && inner.arguments.is_empty()
        && matches!(&*inner.func, Expr::Name(name) if &*name.id == "super")
}

fn no_plugin(suite: &[Stmt]) -> Finding {
    let mut classes = suite.iter().filter_map(Stmt::as_class_def_stmt);
    match (classes.next(), classes.next()) {
        (Some(only), None) => {
            let what = format!("no class `Plugin` is defined, only `{}`", only.name);
            Finding::certain(Cause::NoPlugin, only.start(), what)
        }
        _ => Finding::certain(Cause::NoPlugin, TextSize::default(), "no class `Plugin` is defined"),
    }
}

fn needs_arguments(init: &StmtFunctionDef, class: &str) -> Result<(), Finding> {
    let fails = |what: String| Err(Finding::certain(Cause::NeedsArguments, init.start(), what));
    let parameters: &Parameters = &init.parameters;
    let mut positional = parameters.posonlyargs.iter().chain(&parameters.args);
    if positional.next().is_none() && parameters.vararg.is_none() {
        return fails("`__init__` has no parameter for the instance".to_owned());
    }
    match positional.chain(&parameters.kwonlyargs).find(|parameter| parameter.default.is_none()) {
        Some(required) => {
            fails(format!("`{class}()` fails: `__init__` requires `{}`, and AiSOC passes nothing", required.name()))
        }
        None => Ok(()),
    }
}
