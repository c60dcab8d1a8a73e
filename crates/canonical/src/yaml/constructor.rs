//! The constructor: nodes become Python's objects, as `yaml.SafeLoader` makes them.
//!
//! Scalars are made at once. Lists and mappings are made empty and filled later, in the order in which they were met,
//! so that a value can contain itself. The order also decides what a key `=` is when an alias refers to it.

use std::collections::{HashMap, VecDeque};

use num_bigint::BigInt;

use super::binary;
use super::merge::Merges;
use super::node::{Body, Graph, NodeId, Tag};
use super::timestamp::{self, Timestamp};
use crate::number::{self, NotANumber};
use crate::value::{Data, Id, Object, Repeated, Span, Style};
use crate::{Code, Error, Limits, PyStr};

/// More sexagesimal parts than this make a number that is too long to be written.
const MAX_SEXAGESIMAL_PARTS: usize = 3_000;

/// Makes the objects of a graph; the object of a node has the node's index.
pub(super) fn construct(
    text: &[char],
    graph: Graph,
    limits: &Limits,
) -> Result<(Vec<Object>, Id, Vec<Repeated>), Error> {
    let objects =
        graph.nodes.iter().map(|node| Object { data: Data::Null, span: node.span, style: node.style }).collect();
    let root = graph.root;
    let made = vec![false; graph.nodes.len()];
    let mut constructor = Constructor {
        text,
        graph,
        limits,
        objects,
        made,
        unfilled: VecDeque::new(),
        repeated: Vec::new(),
        merges: Merges::default(),
    };
    let root = constructor.object(root)?;
    while let Some(id) = constructor.unfilled.pop_front() {
        constructor.fill(id)?;
    }
    Ok((constructor.objects, root, constructor.repeated))
}

/// What an empty text is.
pub(super) fn none() -> (Vec<Object>, Id, Vec<Repeated>) {
    let object = Object { data: Data::Null, span: Span { start: 0, end: 0 }, style: Style::Plain };
    (vec![object], Id(0), Vec::new())
}

pub(super) struct Constructor<'t> {
    pub(super) text: &'t [char],
    pub(super) graph: Graph,
    pub(super) limits: &'t Limits,
    objects: Vec<Object>,
    /// Which nodes have their object.
    made: Vec<bool>,
    /// Lists and mappings that wait for their items.
    unfilled: VecDeque<NodeId>,
    repeated: Vec<Repeated>,
    pub(super) merges: Merges,
}

impl Constructor<'_> {
    /// Makes the object of a node, once.
    fn object(&mut self, id: NodeId) -> Result<Id, Error> {
        let index = id.0 as usize;
        if !self.made[index] {
            let data = self.make(id)?;
            self.objects[index].data = data;
            self.made[index] = true;
        }
        Ok(Id(id.0))
    }

    fn make(&mut self, id: NodeId) -> Result<Data, Error> {
        match &self.graph.node(id).tag {
            Tag::Null => self.scalar(id).map(|_| Data::Null),
            Tag::Bool => self.bool(id),
            Tag::Int => self.int(id).map(Data::Int),
            Tag::Float => self.float(id).map(Data::Float),
            Tag::Str => self.scalar(id).cloned().map(Data::Str),
            Tag::Binary => self.binary(id),
            Tag::Timestamp => self.timestamp(id),
            Tag::Seq | Tag::Omap | Tag::Pairs => {
                self.unfilled.push_back(id);
                Ok(Data::List(Vec::new()))
            }
            Tag::Map => {
                self.unfilled.push_back(id);
                Ok(Data::Map(Vec::new()))
            }
            Tag::Set => {
                self.unfilled.push_back(id);
                Ok(Data::Set { is_empty: true })
            }
            Tag::Merge => Err(self.error(id, Code::SpecialScalar, "`<<` without quotes is no value")),
            Tag::Value => Err(self.error(id, Code::SpecialScalar, "`=` without quotes is no value")),
            Tag::Other(uri) => {
                Err(self.error(id, Code::UnknownTag, format!("the loader does not know the tag `{uri}`")))
            }
        }
    }

    // Scalars

    /// Returns a scalar's text; of a mapping, the text under its key `=`.
    fn scalar(&self, id: NodeId) -> Result<&PyStr, Error> {
        let mut current = id;
        // An alias can make a mapping its own `=`; Python runs out of stack then.
        for _ in 0..=self.limits.depth {
            match &self.graph.node(current).body {
                Body::Scalar(text) => return Ok(text),
                Body::Sequence(_) => break,
                Body::Mapping(pairs) => {
                    let default = pairs.iter().find(|&&(key, _)| self.graph.node(key).tag == Tag::Value);
                    match default {
                        Some(&(_, value)) => current = value,
                        None => break,
                    }
                }
            }
        }
        Err(self.error(id, Code::TagMismatch, "a single value is expected after this tag"))
    }

    /// Returns the text of a number without underscores.
    fn digits(&self, id: NodeId, what: &str) -> Result<String, Error> {
        let text = self.scalar(id)?.as_str().map(|text| text.replace('_', ""));
        // Python looks at the first character, so an empty text is an error of its own.
        text.filter(|text| !text.is_empty()).ok_or_else(|| self.bad(id, what))
    }

    fn bool(&self, id: NodeId) -> Result<Data, Error> {
        let text = self.scalar(id)?.as_str().map(str::to_ascii_lowercase);
        match text.as_deref() {
            Some("yes" | "true" | "on") => Ok(Data::Bool(true)),
            Some("no" | "false" | "off") => Ok(Data::Bool(false)),
            _ => Err(self.bad(id, "a boolean")),
        }
    }

    fn int(&self, id: NodeId) -> Result<BigInt, Error> {
        let text = self.digits(id, "a whole number")?;
        self.read_int(&text).map_err(|e| self.number_error(id, e, "a whole number"))
    }

    fn read_int(&self, text: &str) -> Result<BigInt, NotANumber> {
        let (is_negative, digits) = number::split_sign(text);
        let value = if digits == "0" {
            BigInt::from(0)
        } else if let Some(binary) = digits.strip_prefix("0b") {
            number::parse_int(binary, 2)?
        } else if let Some(hex) = digits.strip_prefix("0x") {
            number::parse_int(hex, 16)?
        } else if digits.starts_with('0') {
            number::parse_int(digits, 8)?
        } else if digits.contains(':') {
            sexagesimal_int(digits)?
        } else {
            number::parse_int(digits, 10)?
        };
        Ok(if is_negative { -value } else { value })
    }

    fn float(&self, id: NodeId) -> Result<f64, Error> {
        let text = self.digits(id, "a number")?.to_lowercase();
        let (is_negative, digits) = number::split_sign(&text);
        let value = match digits {
            ".inf" => Ok(f64::INFINITY),
            ".nan" => Ok(f64::NAN),
            _ if digits.contains(':') => sexagesimal_float(digits),
            _ => number::parse_float(digits),
        };
        let value = value.map_err(|e| self.number_error(id, e, "a number"))?;
        Ok(if is_negative { -value } else { value })
    }

    fn binary(&self, id: NodeId) -> Result<Data, Error> {
        let text = self.scalar(id)?.as_str().filter(|text| text.is_ascii());
        match text.and_then(binary::decode) {
            Some(decoded) => Ok(Data::Bytes { is_empty: decoded == binary::Decoded::Empty }),
            None => Err(self.bad(id, "Base64")),
        }
    }

    fn timestamp(&self, id: NodeId) -> Result<Data, Error> {
        let text = match &self.graph.node(id).body {
            Body::Scalar(text) => text.as_str(),
            _ => None,
        };
        match text.and_then(|text| timestamp::read(text.strip_suffix('\n').unwrap_or(text))) {
            Some(Timestamp::Date) => Ok(Data::Date),
            Some(Timestamp::DateTime) => Ok(Data::DateTime),
            None => Err(self.bad(id, "a date that exists")),
        }
    }

    // Lists and mappings

    fn fill(&mut self, id: NodeId) -> Result<(), Error> {
        let data = match &self.graph.node(id).tag {
            Tag::Seq => self.list(id)?,
            Tag::Omap | Tag::Pairs => self.pairs(id)?,
            Tag::Set => Data::Set { is_empty: self.map(id)?.is_empty() },
            _ => Data::Map(self.map(id)?),
        };
        self.objects[id.0 as usize].data = data;
        Ok(())
    }

    fn list(&mut self, id: NodeId) -> Result<Data, Error> {
        let Body::Sequence(items) = &self.graph.node(id).body else {
            return Err(self.error(id, Code::TagMismatch, "a list is expected after this tag"));
        };
        let items = items.clone();
        items.into_iter().map(|item| self.object(item)).collect::<Result<_, _>>().map(Data::List)
    }

    /// `!!omap` and `!!pairs`: a list of mappings with one pair each becomes a list of pairs. Nothing is merged here.
    fn pairs(&mut self, id: NodeId) -> Result<Data, Error> {
        let Body::Sequence(items) = &self.graph.node(id).body else {
            return Err(self.error(id, Code::TagMismatch, "a list is expected after this tag"));
        };
        let mut result = Vec::with_capacity(items.len());
        for item in items.clone() {
            let pair = match &self.graph.node(item).body {
                Body::Mapping(pairs) => match pairs.as_slice() {
                    &[pair] => Some(pair),
                    _ => None,
                },
                _ => None,
            };
            let Some((key, value)) = pair else {
                return Err(self.error(item, Code::TagMismatch, "a mapping of one pair is expected in this list"));
            };
            let data = Data::List(vec![self.object(key)?, self.object(value)?]);
            let span = self.graph.node(item).span;
            self.limits.check_nodes(self.objects.len() + 1).map_err(|e| e.at(self.text, span.start as usize))?;
            result.push(Id(self.objects.len() as u32));
            self.objects.push(Object { data, span, style: Style::Collection });
        }
        Ok(Data::List(result))
    }

    fn map(&mut self, id: NodeId) -> Result<Vec<(Id, Id)>, Error> {
        if !matches!(self.graph.node(id).body, Body::Mapping(_)) {
            return Err(self.error(id, Code::TagMismatch, "a mapping is expected after this tag"));
        }
        self.flatten(id, 0)?;
        let mut pairs = Vec::new();
        for (key, value) in self.mapping(id).to_vec() {
            let key_id = self.object(key)?;
            if matches!(self.objects[key.0 as usize].data, Data::List(_) | Data::Map(_) | Data::Set { .. }) {
                return Err(self.error(key, Code::UnhashableKey, "a list or mapping cannot be a key"));
            }
            pairs.push((key_id, self.object(value)?));
        }
        let merged = self.merges.in_front_of(id);
        Ok(self.insert_all(&pairs, merged))
    }

    /// Puts pairs into a `dict`: of equal keys, the first stays and takes the last one's value.
    fn insert_all(&mut self, pairs: &[(Id, Id)], merged: usize) -> Vec<(Id, Id)> {
        let mut result: Vec<(Id, Id)> = Vec::with_capacity(pairs.len());
        let mut places: HashMap<Identity<'_>, (usize, usize)> = HashMap::with_capacity(pairs.len());
        for (index, &(key, value)) in pairs.iter().enumerate() {
            let identity = Identity::of(&self.objects, key);
            let (place, first) = *places.entry(identity).or_insert((result.len(), index));
            if place == result.len() {
                result.push((key, value));
                continue;
            }
            // An own key that overrides a merged one is what merging is for.
            if first >= merged {
                self.repeated.push(Repeated { first: pairs[first].1, again: key });
            }
            result[place].1 = value;
        }
        result
    }

    pub(super) fn mapping(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        match &self.graph.node(id).body {
            Body::Mapping(pairs) => pairs,
            _ => &[],
        }
    }

    // Errors

    pub(super) fn start(&self, id: NodeId) -> usize {
        self.graph.node(id).span.start as usize
    }

    pub(super) fn error(&self, id: NodeId, code: Code, message: impl Into<String>) -> Error {
        Error::new(code, message).at(self.text, self.start(id))
    }

    fn bad(&self, id: NodeId, what: &str) -> Error {
        self.error(id, Code::BadValue, format!("the loader takes this for {what}, and it is none"))
    }

    fn number_error(&self, id: NodeId, error: NotANumber, what: &str) -> Error {
        match error {
            NotANumber::Invalid => self.bad(id, what),
            NotANumber::TooLong => {
                let message = format!("a whole number has more than {} digits", number::MAX_DECIMAL_DIGITS);
                self.error(id, Code::IntTooLong, message)
            }
            NotANumber::TooManyParts => {
                let message = format!("a number has more than {MAX_SEXAGESIMAL_PARTS} parts between colons");
                self.error(id, Code::TooManyParts, message)
            }
        }
    }
}

/// `1:30:00`: each part is worth 60 times the one after it.
fn sexagesimal_int(text: &str) -> Result<BigInt, NotANumber> {
    let parts: Vec<_> = text.split(':').collect();
    if parts.len() > MAX_SEXAGESIMAL_PARTS {
        return Err(NotANumber::TooManyParts);
    }
    parts.into_iter().try_fold(BigInt::from(0), |value, part| Ok(value * 60 + number::parse_int(part, 10)?))
}

fn sexagesimal_float(text: &str) -> Result<f64, NotANumber> {
    // Powers of 60 leave the range of floats long before this.
    let parts: Vec<_> =
        text.split(':').take(MAX_SEXAGESIMAL_PARTS).map(number::parse_float).collect::<Result<_, _>>()?;
    number::sexagesimal_float(&parts).ok_or(NotANumber::Invalid)
}

/// What makes two keys the same key to Python: 1, 1.0 and true are.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Null,
    Number(std::borrow::Cow<'a, BigInt>),
    /// A float that is no whole number, by its bits.
    Fraction(u64),
    Str(&'a PyStr),
    /// A key that cannot be written, or NaN, which equals nothing: only the same object is the same key.
    Object(Id),
}

impl<'a> Identity<'a> {
    fn of(objects: &'a [Object], id: Id) -> Self {
        use std::borrow::Cow;
        match &objects[id.0 as usize].data {
            Data::Null => Self::Null,
            Data::Bool(value) => Self::Number(Cow::Owned(BigInt::from(u8::from(*value)))),
            Data::Int(value) => Self::Number(Cow::Borrowed(value)),
            Data::Float(value) if value.is_nan() => Self::Object(id),
            Data::Float(value) => match number::float_to_int(*value) {
                Some(whole) => Self::Number(Cow::Owned(whole)),
                None => Self::Fraction(value.to_bits()),
            },
            Data::Str(text) => Self::Str(text),
            _ => Self::Object(id),
        }
    }
}
