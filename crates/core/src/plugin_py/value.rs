//! Expressions: what they come to, as far as that is certain.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::{
    CmpOp, Expr, ExprAttribute, ExprBinOp, ExprCall, ExprFString, ExprSubscript, InterpolatedStringElement, Number,
    Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextSize};

use super::calls::{has_plain_name, known_call};
use super::module::Run;
use super::reason::{Cause, Finding};
use super::stdlib;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// `None`.
    None,
    Bool,
    Int,
    Float,
    Str,
    Bytes,
    List,
    Dict,
    Set,
    /// A tuple, and whether it can be hashed.
    Tuple(bool),
    Function,
    /// A property of a class that is being defined.
    Property,
    /// A method that must be defined by who inherits it.
    Abstract,
    /// An instance, in its own `__init__`.
    Itself,
    Module(String),
    /// A name of a module of the standard library, or of `builtins`.
    Std(String, String),
    /// A class of this module, by number.
    Class(usize),
    /// A type with arguments, or a union of types.
    Alias,
    /// Something that exists and can be stored; nothing else is known of it.
    Fine,
    /// Something that was not followed.
    Unknown,
}

impl Value {
    fn is_hashable(&self) -> bool {
        match self {
            Self::None | Self::Bool | Self::Int | Self::Float | Self::Str | Self::Bytes | Self::Function => true,
            Self::Tuple(hashable) => *hashable,
            Self::Std(module, _) => module == "builtins",
            Self::Class(_) => true,
            _ => false,
        }
    }

    /// Whether its truth can be asked for.
    fn has_truth(&self) -> bool {
        !matches!(self, Self::Fine | Self::Itself | Self::Unknown | Self::Std(..) | Self::Class(_))
    }

    /// Whether instances may share it, so that a data class takes it as a default.
    pub(super) fn is_constant(&self) -> bool {
        matches!(self, Self::None | Self::Bool | Self::Int | Self::Float | Self::Str | Self::Bytes | Self::Tuple(true))
    }

    pub(super) fn is_std(&self, module: &str, name: &str) -> bool {
        matches!(self, Self::Std(own_module, own_name) if own_module == module && own_name == name)
    }
}

/// The names of a class body or a function that runs; of a module only those that the current statement bound.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    names: HashMap<String, Value>,
    /// The names that a function binds anywhere; they hide the module's.
    own: HashSet<String>,
    kind: ScopeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ScopeKind {
    #[default]
    Module,
    Class,
    Function,
}

impl Scope {
    pub(super) fn module() -> Self {
        Self::default()
    }

    pub(super) fn class() -> Self {
        Self { kind: ScopeKind::Class, ..Self::default() }
    }

    pub(super) fn function(own: HashSet<String>) -> Self {
        Self { kind: ScopeKind::Function, own, ..Self::default() }
    }

    pub(super) fn is_module(&self) -> bool {
        self.kind == ScopeKind::Module
    }

    pub(super) fn bind(&mut self, name: &str, value: Value) {
        self.names.insert(name.to_owned(), value);
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.names.get(name)
    }

    pub(super) fn into_names(self) -> HashMap<String, Value> {
        self.names
    }
}

pub(super) fn may_fail(at: &impl Ranged, what: impl Into<String>) -> Finding {
    Finding::doubt(Cause::MayFail, at.start(), what)
}

impl<'a> Run<'a> {
    /// Follows an expression.
    pub(super) fn eval(&mut self, expr: &'a Expr, scope: &Scope) -> Result<Value, Finding> {
        self.spend(1, expr)?;
        match expr {
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::BooleanLiteral(_) => Ok(Value::Bool),
            Expr::StringLiteral(_) => Ok(Value::Str),
            Expr::BytesLiteral(_) => Ok(Value::Bytes),
            Expr::EllipsisLiteral(_) => Ok(Value::Fine),
            Expr::NumberLiteral(number) => Ok(match number.value {
                Number::Int(_) if number.range().len().to_usize() <= 40 => Value::Int,
                Number::Int(_) => Value::Fine,
                Number::Float(_) => Value::Float,
                Number::Complex { .. } => Value::Fine,
            }),
            Expr::Name(name) => self.lookup(&name.id, name.start(), scope),
            Expr::Attribute(attribute) => self.attribute(attribute, scope),
            Expr::Call(call) => self.call(call, scope),
            Expr::Subscript(subscript) => self.subscript(subscript, scope),
            Expr::BinOp(operation) => self.operation(operation, scope),
            Expr::List(list) => self.each(&list.elts, scope).map(|_| Value::List),
            Expr::Tuple(tuple) => {
                self.each(&tuple.elts, scope).map(|elements| Value::Tuple(elements.iter().all(Value::is_hashable)))
            }
            Expr::Set(set) => {
                let elements = self.each(&set.elts, scope)?;
                if elements.iter().all(Value::is_hashable) {
                    return Ok(Value::Set);
                }
                Err(may_fail(expr, "an element of this set may not be hashable"))
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    let key = match &item.key {
                        Some(key) => self.eval(key, scope)?,
                        None => return Err(may_fail(expr, "what `**` unpacks here is not followed")),
                    };
                    self.eval(&item.value, scope)?;
                    if !key.is_hashable() {
                        return Err(may_fail(expr, "a key of this dictionary may not be hashable"));
                    }
                }
                Ok(Value::Dict)
            }
            Expr::UnaryOp(operation) => match (operation.op, self.eval(&operation.operand, scope)?) {
                (UnaryOp::USub | UnaryOp::UAdd, value @ (Value::Int | Value::Float)) => Ok(value),
                (UnaryOp::Not, value) if value.has_truth() => Ok(Value::Bool),
                _ => Err(may_fail(expr, "this may raise an exception")),
            },
            Expr::BoolOp(operation) => {
                let mut all = true;
                for (number, value) in operation.values.iter().enumerate() {
                    // Only the first is certain to be evaluated.
                    let value = self
                        .eval(value, scope)
                        .map_err(|finding| if number == 0 { finding } else { finding.in_doubt() })?;
                    all &= value.has_truth() || number + 1 == operation.values.len();
                }
                if all { Ok(Value::Fine) } else { Err(may_fail(expr, "whether this is true is not followed")) }
            }
            Expr::If(choice) => {
                let test = self.eval(&choice.test, scope)?;
                self.eval(&choice.body, scope).map_err(Finding::in_doubt)?;
                self.eval(&choice.orelse, scope).map_err(Finding::in_doubt)?;
                if test.has_truth() {
                    Ok(Value::Fine)
                } else {
                    Err(may_fail(expr, "whether this is true is not followed"))
                }
            }
            Expr::Compare(compare) => {
                self.eval(&compare.left, scope)?;
                for (number, other) in compare.comparators.iter().enumerate() {
                    self.eval(other, scope)
                        .map_err(|finding| if number == 0 { finding } else { finding.in_doubt() })?;
                }
                if compare.ops.iter().all(|op| matches!(op, CmpOp::Is | CmpOp::IsNot)) {
                    return Ok(Value::Bool);
                }
                Err(may_fail(expr, "this comparison is not followed"))
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    for parameter in parameters {
                        parameter.default().map(|default| self.eval(default, scope)).transpose()?;
                    }
                }
                Ok(Value::Function)
            }
            Expr::FString(string) => self.fstring(string, scope),
            _ => Err(may_fail(expr, "this runs on import and is not followed")),
        }
    }

    fn each(&mut self, exprs: &'a [Expr], scope: &Scope) -> Result<Vec<Value>, Finding> {
        exprs.iter().map(|expr| self.eval(expr, scope)).collect()
    }

    fn lookup(&mut self, name: &str, at: TextSize, scope: &Scope) -> Result<Value, Finding> {
        let doubt = |what: String| Err(Finding::doubt(Cause::MayFail, at, what));
        let found = scope.names.get(name).or_else(|| {
            let hidden = scope.own.contains(name);
            self.globals.get(name).filter(|_| !hidden)
        });
        match found {
            // A function that declares it `global` may have run and changed it.
            Some(_)
                if scope.get(name).is_none() && self.names.bindings(name).is_some_and(|bindings| !bindings.always) =>
            {
                return doubt(format!("what `{name}` is here is not followed"));
            }
            Some(Value::Unknown) => return doubt(format!("what `{name}` is, is not followed")),
            Some(value) => return Ok(value.clone()),
            None if scope.own.contains(name) => return doubt(format!("whether `{name}` is set here is not followed")),
            None => {}
        }
        if self.names.bindings(name).is_some_and(|bindings| bindings.first < self.statement || !bindings.always) {
            return doubt(format!("whether `{name}` is defined here is not followed"));
        }
        match name {
            "__name__" | "__file__" => return Ok(Value::Str),
            "__doc__" => return Ok(Value::Fine),
            "__module__" | "__qualname__" if scope.kind == ScopeKind::Class => return Ok(Value::Str),
            _ => {}
        }
        if stdlib::find("builtins", name).is_some() {
            return Ok(Value::Std("builtins".to_owned(), name.to_owned()));
        }
        // What other programs are known to add to `builtins`.
        if name.starts_with('_') || ["reveal_type", "ic", "profile", "exit", "quit", "help"].contains(&name) {
            return doubt(format!("whether `{name}` is defined here is not followed"));
        }
        Err(Finding::certain(Cause::UndefinedName, at, format!("`{name}` is used here and not defined above")))
    }

    fn attribute(&mut self, attribute: &'a ExprAttribute, scope: &Scope) -> Result<Value, Finding> {
        let name = attribute.attr.as_str();
        let found = match self.eval(&attribute.value, scope)? {
            Value::Module(module) => self.module_attribute(&module, name),
            Value::Std(module, class) if module == "datetime" && class == "timezone" && name == "utc" => {
                Some(Value::Fine)
            }
            Value::Itself => scope.names.get(&format!("self.{name}")).cloned(),
            Value::Class(class) => self.class_constant(class, name),
            _ => None,
        };
        match found {
            Some(Value::Unknown) | None => Err(may_fail(attribute, format!("what `.{name}` is, is not followed"))),
            Some(value) => Ok(value),
        }
    }

    fn call(&mut self, call: &'a ExprCall, scope: &Scope) -> Result<Value, Finding> {
        let unknown = || may_fail(call, "this call is not followed");
        // `os.environ.get("NAME", "default")`
        if let Expr::Attribute(attribute) = &*call.func
            && &*attribute.attr == "get"
            && let Ok(Value::Std(module, name)) = self.eval(&attribute.value, scope)
            && (module.as_str(), name.as_str()) == ("os", "environ")
        {
            return self.environment(call, scope);
        }
        let function = self.eval(&call.func, scope)?;
        let arguments = self.each(&call.arguments.args, scope)?;
        let keywords: Vec<(&str, Value)> = call
            .arguments
            .keywords
            .iter()
            .map(|keyword| match &keyword.arg {
                Some(name) => Ok((name.as_str(), self.eval(&keyword.value, scope)?)),
                None => Err(unknown()),
            })
            .collect::<Result<_, _>>()?;
        match function {
            Value::Class(class) if arguments.is_empty() && keywords.is_empty() => {
                self.instantiate(class, call.start())?;
                Ok(Value::Fine)
            }
            Value::Std(module, name) => known_call(&module, &name, &arguments, &keywords, call).ok_or_else(unknown),
            _ => Err(unknown()),
        }
    }

    fn environment(&mut self, call: &'a ExprCall, scope: &Scope) -> Result<Value, Finding> {
        let arguments = self.each(&call.arguments.args, scope)?;
        match arguments.as_slice() {
            [Value::Str] | [Value::Str, _] if call.arguments.keywords.is_empty() && has_plain_name(call) => {
                Ok(Value::Fine)
            }
            _ => Err(may_fail(call, "this call is not followed")),
        }
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript, scope: &Scope) -> Result<Value, Finding> {
        let unknown = || may_fail(subscript, "these brackets are not followed");
        let Value::Std(module, name) = self.eval(&subscript.value, scope)? else { return Err(unknown()) };
        let kind = stdlib::find(&module, &name).ok_or_else(unknown)?;
        let parts: &'a [Expr] = match &*subscript.slice {
            Expr::Tuple(tuple) => &tuple.elts,
            other => std::slice::from_ref(other),
        };
        if module != "typing" && name != "Callable" {
            // `types.GenericAlias` takes anything; `collections.abc.Callable` does not.
            self.each(parts, scope)?;
            return if kind.arities == "123" && !parts.is_empty() { Ok(Value::Alias) } else { Err(unknown()) };
        }
        match (name.as_str(), parts) {
            ("Literal", parts) if !parts.is_empty() => {
                let constants = self.each(parts, scope)?;
                if constants.iter().all(Value::is_constant) { Ok(Value::Alias) } else { Err(unknown()) }
            }
            ("Callable", [Expr::List(list), result]) => {
                self.type_arguments(&list.elts, scope)?;
                self.type_arguments(std::slice::from_ref(result), scope)?;
                Ok(Value::Alias)
            }
            ("Callable", [Expr::EllipsisLiteral(_), result]) => {
                self.type_arguments(std::slice::from_ref(result), scope)?;
                Ok(Value::Alias)
            }
            ("Tuple", [first, Expr::EllipsisLiteral(_)]) => {
                self.type_arguments(std::slice::from_ref(first), scope)?;
                Ok(Value::Alias)
            }
            ("Annotated" | "Generic" | "Protocol" | "Unpack", _) => Err(unknown()),
            (_, parts) => {
                self.type_arguments(parts, scope)?;
                let enough = char::from_digit(u32::try_from(parts.len()).unwrap_or(10), 10)
                    .is_some_and(|count| kind.arities.contains(count))
                    || (matches!(name.as_str(), "Union" | "Tuple") && !parts.is_empty());
                // `Optional[ClassVar[int]]` fails, so what these make is used nowhere else.
                match name.as_str() {
                    _ if !enough => Err(unknown()),
                    "ClassVar" | "Final" | "Required" | "NotRequired" | "TypeGuard" => Ok(Value::Fine),
                    _ => Ok(Value::Alias),
                }
            }
        }
    }

    /// Follows arguments that `typing` checks to be types.
    fn type_arguments(&mut self, parts: &'a [Expr], scope: &Scope) -> Result<(), Finding> {
        for part in parts {
            let plain = match part {
                Expr::StringLiteral(string) => is_identifier(string.value.to_str()),
                _ => {
                    let value = self.eval(part, scope)?;
                    self.is_type(&value)
                }
            };
            if !plain {
                return Err(may_fail(part, "whether `typing` takes this as a type is not followed"));
            }
        }
        Ok(())
    }

    pub(super) fn is_type(&self, value: &Value) -> bool {
        match value {
            Value::None | Value::Alias | Value::Class(_) => true,
            Value::Std(module, name) => {
                !(module == "typing" && ["Generic", "Protocol"].contains(&name.as_str()))
                    && stdlib::find(module, name).is_some_and(|kind| kind.union)
            }
            _ => false,
        }
    }

    fn operation(&mut self, operation: &'a ExprBinOp, scope: &Scope) -> Result<Value, Finding> {
        use Value::{Float, Int, List, Str};
        let left = self.eval(&operation.left, scope)?;
        let right = self.eval(&operation.right, scope)?;
        let unknown = || may_fail(operation, "this operation is not followed");
        // Each side may hold the other: a few lines of such operations on names would fill any memory.
        let literal = |expr: &Expr| matches!(expr, Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::List(_));
        let grows = !literal(&operation.left) && !literal(&operation.right);
        match (operation.op, &left, &right) {
            (Operator::Add | Operator::Sub, Int, Int) => Ok(Int),
            (Operator::Mult, Int, Int) if !grows => {
                self.grow(1, operation)?;
                Ok(Int)
            }
            (Operator::Add | Operator::Sub | Operator::Mult, Float, Float) => Ok(Float),
            (Operator::Add, Str, Str) if !grows => Ok(Str),
            (Operator::Add, List, List) if !grows => Ok(List),
            (Operator::BitOr, _, _) if left == Value::None && right == Value::None => Err(unknown()),
            (Operator::BitOr, _, _) if self.is_type(&left) && self.is_type(&right) => Ok(Value::Alias),
            _ => Err(unknown()),
        }
    }

    fn fstring(&mut self, string: &'a ExprFString, scope: &Scope) -> Result<Value, Finding> {
        let mut fields = 0;
        for element in string.value.elements() {
            if let InterpolatedStringElement::Interpolation(field) = element {
                let value = self.eval(&field.expression, scope)?;
                let plain = matches!(value, Value::None | Value::Bool | Value::Int | Value::Float | Value::Str);
                fields += usize::from(value == Value::Str);
                if field.format_spec.is_some() || !plain {
                    return Err(may_fail(string, "what this f-string formats is not followed"));
                }
            }
        }
        if fields > 1 {
            self.grow(10 * fields, string)?;
        }
        Ok(Value::Str)
    }
}

fn is_identifier(text: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !KEYWORDS.contains(&text)
}
