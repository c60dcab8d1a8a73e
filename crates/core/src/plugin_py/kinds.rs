//! Classes that the standard library builds in a way of its own: enumerations, data classes, typed dictionaries and tuples.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtClassDef};

use super::class::{Class, Flavour};
use super::module::Run;
use super::reason::Finding;
use super::value::{Scope, Value, may_fail};

/// Methods of its own that a data class keeps.
const KEPT_METHODS: [&str; 3] = ["__post_init__", "__str__", "__repr__"];

/// What the members of an enumeration must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mixin {
    Any,
    Str,
    Int,
}

/// Recognizes the bases of an enumeration.
pub(super) fn enum_mixin(bases: &[Option<(&str, &str)>]) -> Option<Mixin> {
    match bases {
        [Some(("enum", "Enum"))] => Some(Mixin::Any),
        [Some(("enum", "StrEnum"))] | [Some(("builtins", "str")), Some(("enum", "Enum"))] => Some(Mixin::Str),
        [Some(("enum", "IntEnum"))] | [Some(("builtins", "int")), Some(("enum", "Enum"))] => Some(Mixin::Int),
        _ => None,
    }
}

impl<'a> Run<'a> {
    /// Follows an enumeration of constants of one type.
    pub(super) fn enumeration(&mut self, def: &'a StmtClassDef, mixin: Mixin) -> Result<Value, Finding> {
        let unknown = |stmt: &Stmt| may_fail(stmt, "what this does in an enumeration is not followed");
        if let Some(decorator) = def.decorator_list.first() {
            return Err(may_fail(decorator, "what this decorator does is not followed"));
        }
        let mut attributes = HashMap::new();
        let mut members: Option<Value> = None;
        let mut scope = Scope::class();
        for stmt in &def.body {
            let (name, value) = match stmt {
                Stmt::Expr(expr) if expr.value.is_string_literal_expr() => continue,
                Stmt::Pass(_) => continue,
                Stmt::Assign(assign) => {
                    let [Expr::Name(name)] = &*assign.targets else { return Err(unknown(stmt)) };
                    let value = match &*assign.value {
                        value @ (Expr::StringLiteral(_) | Expr::NumberLiteral(_)) => self.eval(value, &scope)?,
                        _ => return Err(unknown(stmt)),
                    };
                    let fits = match mixin {
                        Mixin::Any => matches!(value, Value::Str | Value::Int),
                        Mixin::Str => value == Value::Str,
                        Mixin::Int => value == Value::Int,
                    };
                    if !fits || members.as_ref().is_some_and(|member| *member != value) {
                        return Err(unknown(stmt));
                    }
                    members = Some(value);
                    (name.id.as_str(), Value::Fine)
                }
                Stmt::FunctionDef(function) if function.decorator_list.is_empty() => {
                    (function.name.as_str(), self.function(function, &scope)?)
                }
                _ => return Err(unknown(stmt)),
            };
            let taken = name.starts_with('_') || ["name", "value", "mro"].contains(&name);
            // A member must not hide what `str` or `int` offers either; capital letters never do.
            let lower = value == Value::Fine
                && !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            scope.bind(name, value.clone());
            if taken || lower || attributes.insert(name.to_owned(), value).is_some() {
                return Err(unknown(stmt));
            }
        }
        Ok(self.without_instances(def, attributes))
    }

    /// Follows a `TypedDict` or a `NamedTuple` of fields without defaults.
    pub(super) fn fields_only(&mut self, def: &'a StmtClassDef, tuple: bool) -> Result<Value, Finding> {
        // A class body does not see the names of the class around it.
        let scope = Scope::class();
        let mut seen = HashSet::new();
        if let Some(decorator) = def.decorator_list.first() {
            return Err(may_fail(decorator, "what this decorator does is not followed"));
        }
        for stmt in &def.body {
            match stmt {
                Stmt::Expr(expr) if expr.value.is_string_literal_expr() => {}
                Stmt::Pass(_) => {}
                Stmt::AnnAssign(StmtAnnAssign { target, annotation, value: None, .. }) => {
                    let Expr::Name(name) = &**target else {
                        return Err(may_fail(stmt, "what this field is, is not followed"));
                    };
                    let taken =
                        name.id.starts_with("__") || (tuple && name.id.starts_with('_')) || !seen.insert(&name.id);
                    if taken || !self.is_field_type(annotation, &scope)? {
                        return Err(may_fail(stmt, "what this field is, is not followed"));
                    }
                }
                _ => return Err(may_fail(stmt, "what this does among typed fields is not followed")),
            }
        }
        Ok(self.without_instances(def, HashMap::new()))
    }

    fn is_field_type(&mut self, annotation: &'a Expr, scope: &Scope) -> Result<bool, Finding> {
        // As text an annotation becomes a forward reference that nobody follows.
        if self.future_annotations {
            return Ok(!annotation.is_string_literal_expr() && !mentions_special(annotation));
        }
        let value = self.eval(annotation, scope)?;
        Ok(self.is_type(&value))
    }

    fn without_instances(&mut self, def: &'a StmtClassDef, attributes: HashMap<String, Value>) -> Value {
        self.add(Class {
            name: &def.name,
            base: None,
            flavour: Flavour::NoInstances,
            abc: false,
            attributes,
            depth: 0,
            init: None,
        })
    }

    /// Follows a data class that inherits from nothing.
    pub(super) fn data_class(&mut self, def: &'a StmtClassDef) -> Result<Value, Finding> {
        let mut scope = Scope::class();
        let (mut required, mut defaults, mut followed) = (false, false, true);
        let mut seen = HashSet::new();
        for stmt in &def.body {
            match stmt {
                Stmt::Expr(expr) if expr.value.is_string_literal_expr() => {}
                Stmt::Pass(_) => {}
                Stmt::AnnAssign(field) => {
                    let name = match &*field.target {
                        Expr::Name(name) if !name.id.starts_with('_') && seen.insert(&name.id) => name,
                        _ => return Err(may_fail(stmt, "what this field is, is not followed")),
                    };
                    if mentions_special(&field.annotation) || self.mentions_renamed(&field.annotation) {
                        return Err(may_fail(stmt, "what this annotation means to `dataclass` is not followed"));
                    }
                    self.annotation(Some(&field.annotation), &scope)?;
                    match field.value.as_deref() {
                        None if defaults => {
                            return Err(may_fail(stmt, "a field without a default follows one with a default"));
                        }
                        None => required = true,
                        Some(value) => {
                            defaults = true;
                            followed &= self.field_default(value, &scope)?;
                            scope.bind(&name.id, Value::Fine);
                        }
                    }
                }
                Stmt::FunctionDef(function) => {
                    let name = function.name.as_str();
                    if (name.starts_with("__") && !KEPT_METHODS.contains(&name)) || !seen.insert(&function.name.id) {
                        return Err(may_fail(function, "what this method does in a data class is not followed"));
                    }
                    followed &= name != "__post_init__";
                    let value = self.function(function, &scope)?;
                    scope.bind(name, value);
                }
                _ => return Err(may_fail(stmt, "what this does in a data class is not followed")),
            }
        }
        let class = Class {
            name: &def.name,
            base: None,
            flavour: Flavour::Record { required, followed },
            abc: false,
            attributes: scope.into_names(),
            depth: 0,
            init: None,
        };
        Ok(self.add(class))
    }

    /// Tells whether instances can be followed with this default.
    fn field_default(&mut self, value: &'a Expr, scope: &Scope) -> Result<bool, Finding> {
        let unknown = || may_fail(value, "whether `dataclass` takes this default is not followed");
        let Expr::Call(call) = value else {
            return if self.eval(value, scope)?.is_constant() { Ok(true) } else { Err(unknown()) };
        };
        if !self.eval(&call.func, scope)?.is_std("dataclasses", "field") || !call.arguments.args.is_empty() {
            return Err(unknown());
        }
        let [keyword] = &*call.arguments.keywords else { return Err(unknown()) };
        let given = self.eval(&keyword.value, scope)?;
        match keyword.arg.as_deref() {
            Some("default") if given.is_constant() => Ok(true),
            Some("default_factory") => {
                Ok(["list", "dict", "set", "str", "int"].iter().any(|name| given.is_std("builtins", name)))
            }
            _ => Err(unknown()),
        }
    }

    fn mentions_renamed(&self, annotation: &Expr) -> bool {
        let mut mentioned = Mentioned::default();
        mentioned.visit_expr(annotation);
        mentioned.names.iter().any(|name| {
            self.globals.get(name).is_some_and(|value| {
                value.is_std("typing", "ClassVar")
                    || value.is_std("dataclasses", "InitVar")
                    || value.is_std("dataclasses", "KW_ONLY")
            })
        })
    }
}

fn mentions_special(annotation: &Expr) -> bool {
    let mut mentioned = Mentioned::default();
    mentioned.visit_expr(annotation);
    mentioned.names.iter().any(|name| {
        ["ClassVar", "InitVar", "KW_ONLY", "Final", "Required", "NotRequired"]
            .iter()
            .any(|special| name.contains(special))
    })
}

#[derive(Default)]
struct Mentioned {
    names: Vec<String>,
}

impl<'a> SourceOrderVisitor<'a> for Mentioned {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.names.push(name.id.to_string()),
            Expr::Attribute(attribute) => self.names.push(attribute.attr.to_string()),
            Expr::StringLiteral(string) => self.names.push(string.value.to_str().to_owned()),
            _ => {}
        }
        source_order::walk_expr(self, expr);
    }
}
