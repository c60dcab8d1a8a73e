//! `match` statements.

use std::collections::HashSet;

use ruff_python_ast::{Expr, Pattern, StmtMatch};
use ruff_text_size::Ranged as _;

use super::Walk;

impl Walk<'_> {
    pub(super) fn match_statement(&mut self, choice: &StmtMatch) {
        self.elements([&*choice.subject]);
        for (number, case) in choice.cases.iter().enumerate() {
            let mut names = HashSet::new();
            self.pattern(&case.pattern, &mut names);
            if case.guard.is_none() && case.pattern.is_irrefutable() && number + 1 < choice.cases.len() {
                self.doubt(&case.pattern, "a case may follow one that always matches");
            }
            self.optional(case.guard.as_deref());
            self.body(&case.body);
        }
    }

    fn pattern(&mut self, pattern: &Pattern, names: &mut HashSet<String>) {
        let mut capture = None;
        match pattern {
            Pattern::MatchValue(value) => self.expr(&value.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(sequence) => {
                if sequence.patterns.iter().filter(|part| part.is_match_star()).count() > 1 {
                    self.doubt(pattern, "two starred names may stand in one pattern");
                }
                sequence.patterns.iter().for_each(|part| self.pattern(part, names));
            }
            Pattern::MatchMapping(mapping) => {
                let mut seen = HashSet::new();
                for key in &mapping.keys {
                    match key {
                        Expr::StringLiteral(string) if seen.insert(string.value.to_str()) => {}
                        _ if mapping.keys.len() == 1 => self.expr(key),
                        _ => self.doubt(key, "the keys of this pattern differ"),
                    }
                }
                mapping.patterns.iter().for_each(|part| self.pattern(part, names));
                capture = mapping.rest.as_ref();
            }
            Pattern::MatchClass(class) => {
                self.expr(&class.cls);
                class.arguments.patterns.iter().for_each(|part| self.pattern(part, names));
                let mut seen = HashSet::new();
                for keyword in &class.arguments.keywords {
                    self.name(&keyword.attr);
                    if !seen.insert(keyword.attr.as_str()) {
                        self.doubt(&keyword.attr, "an attribute may be named twice");
                    }
                    self.pattern(&keyword.pattern, names);
                }
            }
            Pattern::MatchStar(star) => capture = star.name.as_ref(),
            Pattern::MatchAs(part) => {
                if let Some(inner) = &part.pattern {
                    self.pattern(inner, names);
                }
                capture = part.name.as_ref();
            }
            Pattern::MatchOr(either) => {
                for part in &either.patterns {
                    let mut own = HashSet::new();
                    self.pattern(part, &mut own);
                    if !own.is_empty() || part.is_irrefutable() {
                        self.doubt(part, "the alternatives bind the same names");
                    }
                }
            }
        }
        if let Some(name) = capture {
            self.name(name);
            if !names.insert(name.as_str().to_owned()) {
                self.doubt(name, "a name may be bound twice in one pattern");
            }
        }
        if pattern.range().is_empty() {
            self.doubt(pattern, "this is a pattern");
        }
    }
}
