#![allow(missing_docs)]
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use serde_json::Value;
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind { User, Host, Mac, Password, Ip, Mail, Home }
impl Kind { pub const ALL: [Kind; 7] = [Kind::User, Kind::Host, Kind::Mac, Kind::Password, Kind::Ip, Kind::Mail, Kind::Home]; pub fn as_str(self) -> &'static str { match self { Kind::User=>"user", Kind::Host=>"host", Kind::Mac=>"mac", Kind::Password=>"password", Kind::Ip=>"ip", Kind::Mail=>"mail", Kind::Home=>"home" } } }
impl std::fmt::Display for Kind { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) } }
#[derive(Clone, Debug, Default)]
pub struct Names(Vec<(Kind, String)>);
impl Names { pub fn new() -> Self { Self::default() } pub fn add(&mut self, k: Kind, v: &str) { self.0.push((k, v.into())); } }
#[derive(Clone, Debug)]
pub struct Redactor(Names);
impl Redactor {
    pub fn new(n: Names) -> Self { Self(n) }
    pub fn text(&mut self, t: &str) -> String { let mut n: BTreeMap<Kind, u32> = BTreeMap::new(); let mut s = t.to_owned(); for (k, v) in &self.0.0 { let i = n.entry(*k).or_default(); *i += 1; s = s.replace(v.as_str(), &format!("[{k}-{i}]")); } s }
    pub fn stream(&mut self, mut r: impl Read, mut w: impl Write) -> io::Result<()> { let mut b = Vec::new(); r.read_to_end(&mut b)?; let t = self.text(&String::from_utf8_lossy(&b)); w.write_all(t.as_bytes()) }
    pub fn json(&mut self, v: &Value) -> Value { match v { Value::String(s) => self.text(s).into(), Value::Array(a) => a.iter().map(|x| self.json(x)).collect(), Value::Object(o) => Value::Object(o.iter().map(|(k, x)| (k.clone(), self.json(x))).collect()), o => o.clone() } }
}
#[derive(Debug)]
pub struct Leak { pub kind: Kind, pub offset: usize, pub line: usize }
pub fn scan(b: &[u8], r: &Redactor) -> Vec<Leak> { let t = String::from_utf8_lossy(b); let mut out = vec![]; for (k, v) in &r.0.0 { if let Some(o) = t.find(v.as_str()) { out.push(Leak { kind: *k, offset: o, line: 1 + t[..o].matches('\n').count() }); } } out }
