//! f-strings as Python 3.11 reads them.
//!
//! Until 3.12 an f-string was first a plain string, and what stands in its braces was found by a scanner of its own. Ruff
//! parses the later form and reports most of what the scanner refused; here only expressions pass that both read alike.

use ruff_python_ast::{Expr, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement as Element};
use ruff_text_size::{Ranged, TextSize};

/// Returns where an f-string holds something that Python 3.11 may read in another way.
pub(super) fn unusual(string: &ExprFString, text: &str) -> Option<TextSize> {
    if text[string.range()].contains("\\{") {
        return Some(string.start());
    }
    string.value.iter().find_map(|part| match part {
        FStringPart::Literal(_) => None,
        FStringPart::FString(part) => part.elements.iter().find_map(|element| match element {
            Element::Literal(_) => None,
            Element::Interpolation(field) => unusual_field(field, text),
        }),
    })
}

fn unusual_field(field: &InterpolatedElement, text: &str) -> Option<TextSize> {
    if !is_plain(&field.expression, text) {
        return Some(field.expression.start());
    }
    field.format_spec.iter().flat_map(|spec| &spec.elements).find_map(|element| match element {
        Element::Literal(literal) => {
            text[literal.range()].contains(['{', '}', '\\', '\n', '\'', '"']).then(|| literal.start())
        }
        Element::Interpolation(inner) => {
            let plain = matches!(&*inner.expression, Expr::Name(_) | Expr::Attribute(_) | Expr::NumberLiteral(_))
                && inner.format_spec.is_none()
                && is_plain(&inner.expression, text);
            (!plain).then(|| inner.expression.start())
        }
    })
}

fn is_plain(expr: &Expr, text: &str) -> bool {
    let plain = |expr: &Expr| is_plain(expr, text);
    let every = |exprs: &[Expr]| exprs.iter().all(plain);
    match expr {
        Expr::Name(_) | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => true,
        Expr::StringLiteral(string) => {
            let text = &text[string.range()];
            text.starts_with(['\'', '"'])
                && !text[1..].starts_with(&text[..1])
                && !text.contains(['\\', '{', '}', '\n'])
        }
        Expr::Attribute(attribute) => plain(&attribute.value),
        Expr::Subscript(subscript) => plain(&subscript.value) && plain(&subscript.slice),
        Expr::Slice(slice) => [&slice.lower, &slice.upper, &slice.step].into_iter().flatten().all(|part| plain(part)),
        Expr::Call(call) => {
            plain(&call.func)
                && every(&call.arguments.args)
                && call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some() && plain(&keyword.value))
        }
        Expr::BinOp(operation) => plain(&operation.left) && plain(&operation.right),
        Expr::UnaryOp(operation) => plain(&operation.operand),
        Expr::BoolOp(operation) => every(&operation.values),
        Expr::Compare(compare) => plain(&compare.left) && every(&compare.comparators),
        Expr::If(choice) => plain(&choice.test) && plain(&choice.body) && plain(&choice.orelse),
        Expr::Tuple(tuple) => every(&tuple.elts),
        Expr::List(list) => every(&list.elts),
        Expr::Await(wait) => plain(&wait.value),
        Expr::Generator(generator) => {
            plain(&generator.elt)
                && generator.generators.iter().all(|each| plain(&each.target) && plain(&each.iter) && every(&each.ifs))
        }
        Expr::ListComp(list) => {
            plain(&list.elt)
                && list.generators.iter().all(|each| plain(&each.target) && plain(&each.iter) && every(&each.ifs))
        }
        _ => false,
    }
}
