//! Parsing as Python 3.11 does, with Ruff's parser.

use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{LexicalErrorType, Mode, ParseErrorType, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged as _, TextSize};

use super::reason::{Cause, Finding};

/// Parses a text, or says where Python 3.11 stops.
pub(super) fn parse(text: &str) -> Result<Parsed<ModModule>, Finding> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY311);
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Err(Finding::doubt(Cause::MayNotCompile, TextSize::default(), "it is not read as a module"));
    };
    // Errors after the first may only come from where the parser took up again.
    if let Some(error) = parsed.errors().iter().min_by_key(|error| error.range().start()) {
        let at = error.range().start();
        let what = lower_first(&error.error.to_string());
        return Err(if is_certain(&error.error) && !has_soft_keyword(line_around(text, at)) {
            Finding::certain(Cause::Syntax, at, format!("this is not Python: {what}"))
        } else {
            Finding::doubt(Cause::MayNotCompile, at, format!("it may not be Python: {what}"))
        });
    }
    if let Some(newer) = parsed.unsupported_syntax_errors().iter().min_by_key(|error| error.range().start()) {
        let what = lower_first(&newer.to_string());
        return Err(Finding::certain(
            Cause::NewerSyntax,
            newer.range().start(),
            format!("Python 3.11 stops here: {what}"),
        ));
    }
    Ok(parsed)
}

/// Tells whether Python 3.11 stops at this kind of error as well; about the other kinds the parsers may differ.
fn is_certain(error: &ParseErrorType) -> bool {
    use ParseErrorType as E;
    match error {
        E::EmptyImportNames
        | E::EmptyDeleteTargets
        | E::EmptyGlobalNames
        | E::EmptyNonlocalNames
        | E::EmptySlice
        | E::ParamAfterVarKeywordParam
        | E::NonDefaultParamAfterDefaultParam
        | E::VarParameterWithDefault
        | E::InvalidAssignmentTarget
        | E::InvalidAugmentedAssignmentTarget
        | E::InvalidDeleteTarget
        | E::PositionalAfterKeywordArgument
        | E::PositionalAfterKeywordUnpacking
        | E::SimpleStatementsOnSameLine
        | E::SimpleAndCompoundStatementOnSameLine
        | E::ExpectedKeywordParam
        | E::ExpectedExpression
        | E::ExpectedToken { .. }
        | E::UnexpectedIndentation
        | E::UnexpectedTokenAfterAsync(_)
        | E::UnexpectedExpressionToken => true,
        E::Lexical(error) => match error {
            LexicalErrorType::UnclosedStringError | LexicalErrorType::IndentationError | LexicalErrorType::Eof => true,
            // Quotation marks, dashes, arrows, ellipses and no-break spaces, as word processors write them.
            LexicalErrorType::UnrecognizedToken { tok } => {
                matches!(tok, '$' | '?' | '!' | '\u{a0}' | '\u{2010}'..='\u{2026}' | '\u{2190}'..='\u{21ff}')
            }
            _ => false,
        },
        E::OtherError(message) => {
            message.starts_with("Expected an indented block")
                || message == "Expected a statement"
                || message.starts_with("Expected `except` or `finally`")
                || message.starts_with("Expected class, function definition")
        }
        _ => false,
    }
}

/// Tells whether one of the words that are keywords only in places stands in the line: Python tries both readings.
fn has_soft_keyword(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| matches!(word, "match" | "case" | "type" | "lazy"))
}

fn line_around(text: &str, at: TextSize) -> &str {
    let at = text.floor_char_boundary(at.to_usize().min(text.len()));
    let start = text[..at].trim_end().rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    &text[start..end]
}

fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
