//! Functions and classes: what defining them does.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged as _, TextRange};

use super::module::Run;
use super::reason::{Cause, Finding};
use super::value::{Scope, Value, may_fail};

/// Methods with a meaning of their own that change neither a class's definition nor what its instances store.
const HARMLESS_METHODS: [&str; 24] = [
    "__init__",
    "__repr__",
    "__str__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__hash__",
    "__len__",
    "__call__",
    "__enter__",
    "__exit__",
    "__aenter__",
    "__aexit__",
    "__iter__",
    "__next__",
    "__aiter__",
    "__anext__",
    "__getitem__",
    "__contains__",
    "__bool__",
    "__del__",
];

/// Exceptions that anybody may inherit from, with what `Exception` accepts.
const EXCEPTIONS: [&str; 12] = [
    "Exception",
    "ArithmeticError",
    "AttributeError",
    "IndexError",
    "KeyError",
    "LookupError",
    "NotImplementedError",
    "PermissionError",
    "RuntimeError",
    "TimeoutError",
    "TypeError",
    "ValueError",
];

/// How long a line of inheritance may be.
const MAX_INHERITED: usize = 20;

/// What a class is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Inherits from `object` or from a class of this module alone.
    Plain,
    Exception,
    /// Its instances are not followed.
    NoInstances,
    /// A data class, and whether it has fields without a default.
    Record {
        required: bool,
        followed: bool,
    },
}

/// A class of the module that was defined without any doubt.
#[derive(Debug)]
pub(super) struct Class<'a> {
    pub(super) name: &'a str,
    pub(super) base: Option<usize>,
    pub(super) flavour: Flavour,
    /// Whether methods that are left abstract forbid instances.
    pub(super) abc: bool,
    pub(super) attributes: HashMap<String, Value>,
    /// How many classes it inherits from.
    pub(super) depth: usize,
    /// `__init__` and the values of its parameters' defaults, by name.
    pub(super) init: Option<(&'a StmtFunctionDef, HashMap<String, Value>)>,
}

impl<'a> Run<'a> {
    /// Follows the definition of a function.
    pub(super) fn function(&mut self, function: &'a StmtFunctionDef, scope: &Scope) -> Result<Value, Finding> {
        if scope.is_module() && function.name.starts_with("__") {
            return Err(may_fail(function, "what a function with this name does is not followed"));
        }
        let mut value = Value::Function;
        for decorator in function.decorator_list.iter().rev() {
            value = self.decorate(value, decorator, scope)?;
        }
        self.defaults(function, scope)?;
        for parameter in &*function.parameters {
            let annotation = match parameter.annotation() {
                Some(Expr::Starred(starred)) => return Err(may_fail(starred, "what this unpacks is not followed")),
                annotation => annotation,
            };
            self.annotation(annotation, scope)?;
        }
        self.annotation(function.returns.as_deref(), scope)?;
        Ok(value)
    }

    pub(super) fn defaults(
        &mut self,
        function: &'a StmtFunctionDef,
        scope: &Scope,
    ) -> Result<HashMap<String, Value>, Finding> {
        let mut values = HashMap::new();
        for parameter in &*function.parameters {
            if let Some(default) = parameter.default() {
                values.insert(parameter.name().as_str().to_owned(), self.eval(default, scope)?);
            }
        }
        Ok(values)
    }

    fn decorate(&mut self, value: Value, decorator: &'a Decorator, scope: &Scope) -> Result<Value, Finding> {
        let unknown = || may_fail(decorator, "what this decorator does is not followed");
        // `@name.setter`
        if let Expr::Attribute(attribute) = &decorator.expression
            && let Expr::Name(name) = &*attribute.value
            && let Some(property @ (Value::Property | Value::Abstract)) = scope.get(&name.id)
        {
            return match attribute.attr.as_str() {
                "setter" | "getter" | "deleter" if value == Value::Function => Ok(property.clone()),
                _ => Err(unknown()),
            };
        }
        // `@lru_cache(maxsize=128)`
        let (decorator_value, called) = match &decorator.expression {
            Expr::Call(call) => {
                let constant = |expr: &Expr| {
                    matches!(expr, Expr::NumberLiteral(_) | Expr::NoneLiteral(_) | Expr::BooleanLiteral(_))
                };
                let cache = call.arguments.args.is_empty()
                    && call.arguments.keywords.iter().all(|keyword| {
                        keyword.arg.as_ref().is_some_and(|name| name.as_str() == "maxsize") && constant(&keyword.value)
                    });
                let function = self.eval(&call.func, scope)?;
                if !cache || !function.is_std("functools", "lru_cache") {
                    return Err(unknown());
                }
                (function, true)
            }
            expr => (self.eval(expr, scope)?, false),
        };
        let Value::Std(module, name) = decorator_value else { return Err(unknown()) };
        match (module.as_str(), name.as_str(), value) {
            ("functools", "lru_cache", Value::Function) => Ok(Value::Function),
            _ if called => Err(unknown()),
            ("builtins", "property", Value::Function) => Ok(Value::Property),
            ("builtins", "property", Value::Abstract) | ("abc", "abstractmethod", _) => Ok(Value::Abstract),
            ("builtins", "staticmethod" | "classmethod", value @ (Value::Function | Value::Abstract)) => Ok(value),
            ("functools", "cache" | "cached_property", Value::Function)
            | ("contextlib", "contextmanager" | "asynccontextmanager", Value::Function)
            | ("typing", "overload" | "final" | "no_type_check", Value::Function) => Ok(Value::Function),
            _ => Err(unknown()),
        }
    }

    /// Follows the definition of a class, and returns it.
    pub(super) fn class(&mut self, def: &'a StmtClassDef, scope: &Scope) -> Result<Value, Finding> {
        let bases: &'a [Expr] = match &def.arguments {
            Some(arguments) if !arguments.keywords.is_empty() => {
                return Err(Finding::doubt(
                    Cause::UnknownBase,
                    def.start(),
                    "what this class's keywords do is not followed",
                ));
            }
            Some(arguments) => &arguments.args,
            None => &[],
        };
        let values: Vec<Value> = bases.iter().map(|base| self.eval(base, scope)).collect::<Result<_, _>>()?;
        let std = |value: &Value| match value {
            Value::Std(module, name) => Some((module.clone(), name.clone())),
            _ => None,
        };
        let named: Vec<_> = values.iter().map(std).collect();
        let named: Vec<Option<(&str, &str)>> =
            named.iter().map(|name| name.as_ref().map(|(m, n)| (&**m, &**n))).collect();
        if let Some(mixin) = super::kinds::enum_mixin(&named) {
            return self.enumeration(def, mixin);
        }
        if let [Some(("typing", kind @ ("TypedDict" | "NamedTuple")))] = *named {
            return self.fields_only(def, kind == "NamedTuple");
        }
        let (base, flavour, abc) = match (&*values, &*named) {
            ([], []) | ([_], [Some(("builtins", "object"))]) => (None, Flavour::Plain, false),
            ([_], [Some(("abc", "ABC"))]) => (None, Flavour::Plain, true),
            ([_], [Some(("typing", "Protocol"))]) => (None, Flavour::NoInstances, false),
            ([_], [Some(("builtins", name))]) if EXCEPTIONS.contains(name) => (None, Flavour::Exception, false),
            ([Value::Class(base)], _) => match self.classes.get(*base) {
                Some(class) if matches!(class.flavour, Flavour::Plain | Flavour::Exception) => {
                    (Some(*base), class.flavour, class.abc)
                }
                _ => return Err(unknown_base(def)),
            },
            _ => return Err(unknown_base(def)),
        };
        match self.class_decorator(def, scope)? {
            true if base.is_none() && flavour == Flavour::Plain && !abc => self.data_class(def),
            true => Err(may_fail(def, "what `dataclass` makes of an inherited class is not followed")),
            false => self.plain_class(def, base, flavour, abc),
        }
    }

    /// Tells whether the class is a data class.
    fn class_decorator(&mut self, def: &'a StmtClassDef, scope: &Scope) -> Result<bool, Finding> {
        let mut is_data = false;
        for decorator in &def.decorator_list {
            let function = match &decorator.expression {
                Expr::Call(call) => {
                    let harmless = call.arguments.args.is_empty()
                        && call.arguments.keywords.iter().all(|keyword| {
                            keyword
                                .arg
                                .as_ref()
                                .is_some_and(|name| ["frozen", "order", "kw_only"].contains(&name.as_str()))
                                && keyword.value.is_boolean_literal_expr()
                        });
                    if !harmless {
                        return Err(may_fail(decorator, "what this decorator does is not followed"));
                    }
                    self.eval(&call.func, scope)?
                }
                expr => self.eval(expr, scope)?,
            };
            if function.is_std("dataclasses", "dataclass") && !is_data {
                is_data = true;
            } else if !(function.is_std("typing", "final") && decorator.expression.is_name_expr()) {
                return Err(may_fail(decorator, "what this decorator does is not followed"));
            }
        }
        Ok(is_data)
    }

    fn plain_class(
        &mut self,
        def: &'a StmtClassDef,
        base: Option<usize>,
        flavour: Flavour,
        abc: bool,
    ) -> Result<Value, Finding> {
        let mut scope = Scope::class();
        let mut init = None;
        for stmt in &def.body {
            if let Stmt::FunctionDef(function) = stmt {
                let name = function.name.as_str();
                if name.starts_with("__") && name.ends_with("__") && !HARMLESS_METHODS.contains(&name) {
                    return Err(may_fail(function, format!("what `{name}` changes is not followed")));
                }
                if name == "__init__" {
                    init = Some((function, self.defaults(function, &scope)?));
                }
            }
            self.statement(stmt, &mut scope)?;
        }
        let attributes = scope.into_names();
        let depth = base.and_then(|base| self.classes.get(base)).map_or(0, |base| base.depth + 1);
        if depth > MAX_INHERITED {
            return Err(may_fail(def, "so many inherited classes are not followed"));
        }
        Ok(self.add(Class { name: &def.name, base, flavour, abc, attributes, depth, init }))
    }

    pub(super) fn add(&mut self, class: Class<'a>) -> Value {
        self.classes.push(class);
        Value::Class(self.classes.len() - 1)
    }

    /// Returns a method that is still abstract, if there is one.
    pub(super) fn abstract_left(&mut self, class: usize) -> Result<Option<String>, Finding> {
        let mut defined: HashSet<&str> = HashSet::new();
        let mut left: Option<&str> = None;
        let mut seen = 0;
        let mut next = Some(class);
        while let Some(class) = next.and_then(|class| self.classes.get(class)) {
            seen += class.attributes.len();
            for (name, value) in &class.attributes {
                if !defined.contains(name.as_str())
                    && *value == Value::Abstract
                    && left.is_none_or(|left| name.as_str() < left)
                {
                    left = Some(name);
                }
            }
            defined.extend(class.attributes.keys().map(String::as_str));
            next = class.base;
        }
        let left = left.map(str::to_owned);
        self.spend(seen, &TextRange::default())?;
        Ok(left)
    }

    /// Returns a class's attribute, looking through its bases.
    pub(super) fn class_attribute(&self, class: usize, name: &str) -> Option<&Value> {
        let mut next = Some(class);
        while let Some(class) = next.and_then(|class| self.classes.get(class)) {
            if let Some(value) = class.attributes.get(name) {
                return Some(value);
            }
            next = class.base;
        }
        None
    }

    pub(super) fn class_constant(&self, class: usize, name: &str) -> Option<Value> {
        self.class_attribute(class, name).filter(|value| !matches!(value, Value::Property | Value::Abstract)).map(
            |value| {
                // A member of an enumeration is no plain number.
                match self.classes.get(class).map(|class| class.flavour) {
                    Some(Flavour::NoInstances) => Value::Fine,
                    _ => value.clone(),
                }
            },
        )
    }
}

pub(super) fn unknown_base(def: &StmtClassDef) -> Finding {
    let at = def.arguments.as_ref().map_or(def.start(), |arguments| arguments.start());
    Finding::doubt(Cause::UnknownBase, at, format!("what `{}` inherits is not followed", def.name))
}
