//! Calls of the standard library that cannot fail.

use ruff_python_ast::{Expr, ExprCall, Number};

use super::value::Value;

/// Calls that cannot fail with these arguments.
pub(super) fn known_call(
    module: &str,
    name: &str,
    arguments: &[Value],
    keywords: &[(&str, Value)],
    call: &ExprCall,
) -> Option<Value> {
    use Value::{Dict, Fine, Int, List, Set, Str, Tuple};
    match (module, name, arguments, keywords) {
        ("logging", "getLogger", [] | [Str], []) => Some(Fine),
        ("os", "getenv", [Str] | [Str, _], []) if has_plain_name(call) => Some(Fine),
        ("builtins", "list", [] | [List | Tuple(_) | Set | Dict | Str], []) => Some(List),
        ("builtins", "tuple", [] | [List | Set | Dict | Str], []) => Some(Fine),
        ("builtins", "dict", [] | [Dict], []) => Some(Dict),
        ("builtins", "dict", [], _) => Some(Dict),
        ("builtins", "set", [] | [Set | Tuple(true) | Str], []) => Some(Set),
        ("builtins", "frozenset", [] | [Set | Tuple(true) | Str], []) => Some(Fine),
        // A list's elements are not remembered, so look at them again.
        ("builtins", "set" | "frozenset", [List], []) if is_list_of_constants(call) => Some(Fine),
        ("builtins", "object", [], []) => Some(Fine),
        ("collections", "defaultdict", [Value::Std(builtins, _)], []) if builtins == "builtins" => {
            known_factory(arguments)
        }
        ("collections", "deque" | "OrderedDict" | "Counter", [], []) => Some(Fine),
        ("collections", "deque", [], [("maxlen", Int)]) => is_small_number(call).then_some(Fine),
        ("threading", "Lock" | "RLock" | "Event" | "Condition" | "local", [], []) => Some(Fine),
        ("asyncio", "Lock" | "Event" | "Condition" | "Semaphore" | "Queue", [], []) => Some(Fine),
        ("time", "time" | "monotonic" | "perf_counter", [], []) => Some(Fine),
        ("uuid", "uuid4", [], []) => Some(Fine),
        ("datetime", "timedelta", [], [(_, Int)]) if is_small_number(call) => match keywords {
            [("days" | "hours" | "minutes" | "seconds" | "milliseconds" | "weeks", _)] => Some(Fine),
            _ => None,
        },
        ("pathlib", "Path" | "PurePath" | "PurePosixPath", [Str], []) => Some(Fine),
        ("typing", "TypeVar", [Str], []) => Some(Fine),
        ("re", "compile", [Str], []) => is_simple_pattern(call).then_some(Fine),
        _ => None,
    }
}

fn known_factory(arguments: &[Value]) -> Option<Value> {
    let [Value::Std(_, name)] = arguments else { return None };
    ["list", "dict", "set", "int", "float", "str", "bool", "tuple"].contains(&name.as_str()).then_some(Value::Fine)
}

fn is_list_of_constants(call: &ExprCall) -> bool {
    let [Expr::List(list)] = &*call.arguments.args else { return false };
    list.elts
        .iter()
        .all(|element| matches!(element, Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::NoneLiteral(_)))
}

/// Recognizes one literal number below a million as the only argument.
fn is_small_number(call: &ExprCall) -> bool {
    let [keyword] = &*call.arguments.keywords else { return false };
    let Expr::NumberLiteral(number) = &keyword.value else { return false };
    matches!(&number.value, Number::Int(int) if int.to_string().len() <= 6)
}

/// Recognizes regular expressions of letters, digits, a few classes and single repetitions, which `re` always takes.
fn is_simple_pattern(call: &ExprCall) -> bool {
    let [Expr::StringLiteral(string)] = &*call.arguments.args else { return false };
    let mut characters = string.value.to_str().chars();
    let mut repeatable = false;
    while let Some(c) = characters.next() {
        repeatable = match c {
            '+' | '*' | '?' if !repeatable => return false,
            '+' | '*' | '?' | '^' | '$' | '|' => false,
            '\\' => match characters.next() {
                Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | '.' | '-' | '/') => true,
                Some('b') => false,
                _ => return false,
            },
            c if c.is_ascii_alphanumeric() || " _-:/.,@=%;#~<>&'\"!".contains(c) => true,
            _ => return false,
        };
    }
    true
}

/// Recognizes a literal name that every system can encode as the first argument.
pub(super) fn has_plain_name(call: &ExprCall) -> bool {
    matches!(call.arguments.args.first(), Some(Expr::StringLiteral(name)) if name.value.to_str().is_ascii())
}
