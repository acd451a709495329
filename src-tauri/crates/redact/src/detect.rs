//! The triggers: one automaton over everything that can give a private value away.
//!
//! A trigger is short and of bounded length; what follows it is read by the function of its detector,
//! never by a regular expression. So the search is linear, one pass serves all detectors, and a value may
//! have any length. Whether a trigger counts depends only on [`crate::words::LOOK_LEFT`] bytes before and
//! [`REACH`] bytes after it, which lets the stream work in windows.

use std::sync::LazyLock;

use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::primitives::PatternID;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};

use crate::engine::Kept;
use crate::hit::Hit;
use crate::kind::placeholder_at;
use crate::{context, identity, numbers, phone, secrets};

/// How far a detector reads from where it was triggered.
pub(crate) const REACH: usize = 16 * 1024;

/// No trigger is longer.
pub(crate) const LONGEST_TRIGGER: usize = 512;

/// Words that end the name of a secret.
const SECRET_WORDS: &str = r"(?:pass(?:word|wd|phrase|code|wort)?s?|kennwort|pwd|pw|secrets?|tokens?|api[_ -]?keys?|access[_ -]?keys?(?:[_-]?id)?|(?:secret|private|encryption|signing|session|master|license|account|storage|auth|(?:pre[_ -]?)?shared)[_ -]?key|psk|credentials?|sess(?:ion)?[_-]?id|wep[_-]?key|pin|puk|otp|(?:wlan|wi-?fi|netzwerk|sicherheits|wpa[23]?|lizenz|produkt|zugangs|geheim|privater )[ -]?(?:schl(?:\xC3\xBC|ue)ssel|code)|(?:security|verification|access|recovery)[ _-]?code|key ?(?:material|content)|schl(?:\xC3\xBC|[\x80-\xFF]|ue)sselinhalt)";

/// What may follow them and still name a secret.
const SECRET_ENDINGS: &str = r"(?:[_-]?(?:hash|base64|b64|enc|value|plain|raw|old|new|text))?[0-9]{0,3}";

type Detector = fn(&Trigger<'_>, &mut Vec<Hit>) -> bool;

/// A trigger that was found.
pub(crate) struct Trigger<'a> {
    /// The bytes around it, up to [`REACH`] after its start.
    pub(crate) hay: &'a [u8],
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kept: &'a Kept,
}

impl Trigger<'_> {
    /// Whether reading stopped only because there is more than [`REACH`].
    pub(crate) fn is_cut(&self, end: usize) -> bool {
        end == self.hay.len() && self.hay.len() - self.start == REACH
    }
}

/// The first whose detector finds something at a place decides, so the narrower ones come first.
fn detectors() -> Vec<(String, Detector)> {
    let fixed = |pattern: &str| pattern.to_owned();
    vec![
        (fixed(r"\[[a-z]{2,10}-[0-9]{1,9}\]"), placeholder as Detector),
        (fixed(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"), secrets::private_key),
        (fixed(r"(?i:Private-Lines: )[0-9]{1,4}"), secrets::putty_key),
        (fixed(r"://"), identity::user_in_url),
        (
            fixed(r#"(?i)(?:authorization|(?:set-)?cookie2?)(?:\\{0,3}["'])?[ \t]{0,4}[:=][ \t]{0,4}"#),
            secrets::header,
        ),
        (fixed(r"(?i)(?:bearer|basic)[ \t]{1,4}[a-z0-9+/_-]{6}"), secrets::scheme),
        (fixed(r"eyJ[A-Za-z0-9_-]{6}"), secrets::jwt),
        (fixed(r"(?:AKIA|ASIA|AGPA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{16}"), secrets::aws),
        (
            fixed(concat!(
                r"(?:gh[pousr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20}",
                r"|gl(?:pat|oas|dt|rt|cbt|ptt|ft|soat|agent|imt|ffct)-[A-Za-z0-9_-]{16}",
                r"|AIza[A-Za-z0-9_-]{30}|ya29\.[A-Za-z0-9_-]{16}|GOCSPX-[A-Za-z0-9_-]{16}",
                r"|xox[abeoprs]-[A-Za-z0-9-]{8}|xapp-[0-9]-[A-Za-z0-9-]{8}",
                r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16}|sk-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{30}",
                r"|pypi-AgE[A-Za-z0-9_-]{16}|dop_v1_[a-f0-9]{16}|hf_[A-Za-z0-9]{30}",
                r"|[0-9]{8,10}:AA[A-Za-z0-9_-]{32}|SG\.[A-Za-z0-9_-]{16}|AGE-SECRET-KEY-1[A-Z0-9]{16})"
            )),
            secrets::known_format,
        ),
        (
            fixed(
                r"(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|webhook\.office\.com/webhookb2|chat\.googleapis\.com/v1/spaces)/[A-Za-z0-9]{2}",
            ),
            secrets::webhook,
        ),
        (
            format!(
                r#"(?i){SECRET_WORDS}{SECRET_ENDINGS}(?:\\{{0,3}}["'])?\]?[ \t]{{0,24}}(?:=>|:=|={{1,3}}|:)[ \t]{{0,8}}"#
            ),
            secrets::labelled,
        ),
        (
            fixed(
                r"(?i)[?&;](?:amp;)?(?:sig|signature|x-amz-(?:signature|credential|security-token)|code|key|auth|sid|ticket|jwt)=",
            ),
            secrets::in_query,
        ),
        (format!(r"(?i){SECRET_WORDS}{SECRET_ENDINGS}(?:[ \t][^<>\n]{{0,80}})?>"), secrets::element),
        (
            format!(r#"(?i)--?(?:[a-z0-9]{{1,16}}[_-]){{0,3}}{SECRET_WORDS}[ \t]{{1,4}}["'!-~]"#),
            secrets::flag,
        ),
        (
            fixed(r"(?i)(?:pass(?:wort|word)|kennwort|pin)[ \t]{1,4}(?:ist|lautet|war|is|was)[ \t:]{1,3}"),
            secrets::spoken,
        ),
        (
            fixed(r#"(?i)(?:pass(?:word|wd|phrase)|psk|identified[ \t]by)[ \t]{1,4}["'!-~]"#),
            secrets::word_after,
        ),
        (
            fixed(
                r"(?:sshpass[ \t]{1,4}-p[ \t]?|(?:mysql(?:dump|admin)?|mariadb(?:-dump)?)[ \t][^\n|;]{0,120}?[ \t]-p|(?:docker|podman|helm|oc|az)[ \t]{1,2}(?:registry )?login[ \t][^\n|;]{0,120}?[ \t]-p[ \t]{1,2})",
            ),
            secrets::short_flag,
        ),
        (fixed(r#"[ \t](?:-u[ \t]?|--(?:proxy-)?user[ =])["'!-~]"#), secrets::user_flag),
        (
            fixed(
                r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]{1,9})? ",
            ),
            context::log_host,
        ),
        (
            fixed(
                r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2}) ",
            ),
            context::log_host,
        ),
        (
            fixed(concat!(
                r"(?:Accepted [a-z/-]{4,24} for |Failed [a-z/-]{4,24} for (?:invalid user )?|[Ii]nvalid user ",
                r"|session (?:opened|closed) for user |[Ss]ession [0-9a-z]{1,8} of user ",
                r"|from (?:authenticating |invalid )?user |[ug]id=[0-9]{1,10}\(|groups=[0-9]{1,10}\()"
            )),
            context::user_in_sentence,
        ),
        (fixed(r"\(uid=[0-9]| : TTY="), context::user_before),
        (
            fixed(
                r#"(?i)(?:r?user|(?:user|login|log|account|benutzer|anmelde|konto)[ _.-]?name|acct|login|uid|user[ _-]?id)(?:\\{0,3}["'])?[ \t]{0,8}[:=][ \t]{0,4}|/user:"#,
            ),
            context::user_after_label,
        ),
        (
            fixed(
                r#"(?i)(?:host[ _-]?name|computer[ _-]?name|node[ _-]?name|rechner-?name)(?:\\{0,3}["'])?[ \t]{0,24}[:=][ \t]{0,4}"#,
            ),
            context::host_after_label,
        ),
        (
            fixed(
                r#"(?i)(?:e?ssid(?: [0-9]{1,3})?(?:\\{0,3}["'])?[ \t]{0,40}[:=]?[ \t]{0,4}|\(wifi\) connection )"#,
            ),
            context::ssid,
        ),
        (
            fixed(
                r#"(?i)(?:serial(?:[ _-]?n(?:umber|um|o|r)?\.?)?|seriennummer|service[ _-]?tag|asset[ _-]?tag)(?:\\{0,3}["'])?[ \t]{0,24}[:=][ \t]{0,4}"#,
            ),
            context::serial,
        ),
        (
            fixed(
                r#"(?i)(?:mac|hwaddr|lladdr)(?:[ _-]?addr(?:esse?|ess)?)?(?:\\{0,3}["'])?[ \t]{0,4}[:=]?[ \t]{0,4}(?:\\{0,3}["'])?[0-9a-f]{12}"#,
            ),
            context::mac_after_label,
        ),
        (fixed(r"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}"), context::product_key),
        (fixed(r"S-1-5-21-[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,10}"), context::windows_id),
        (fixed(r"\$(?:1|2[abxy]|5|6|7|y|gy|argon2(?:id|i|d))\$[./A-Za-z0-9$=,+-]{8}"), secrets::hash),
        (
            fixed(r"(?i)<ssid>[ \t\r\n]{0,16}(?:<hex>[0-9a-f]{0,64}</hex>[ \t\r\n]{0,16})?<name>"),
            context::ssid_in_profile,
        ),
        (
            fixed(
                r"(?i)(?:tel(?:efon|\.)?(?:[ _-]?(?:nummer|nr\.?))?|(?:tele)?phone(?:[ _-]?(?:number|no\.?))?|fon|mobil(?:e|nummer|telefon)?|handy(?:nummer)?|fax(?:nummer)?|rufnummer|r(?:\xC3\xBC|ue)ckrufnummer|durchwahl)[ \t]{0,2}[:=]?[ \t]{0,2}[0-9+(]",
            ),
            phone::labelled,
        ),
        (fixed(r"\+[1-9][0-9 ()/.-]{6}"), phone::phone),
        (fixed(r"00(?:49|43|41)[ /-]?[0-9(]"), phone::phone),
        (fixed(r"\(?0[1-9][0-9]{1,4}\)?[ ]?[ /-][ ]?[0-9]{2}"), phone::phone),
        (fixed(r"01(?:5[0-9]|6[023]|7[0-9])[0-9]{7,8}"), phone::phone),
        (fixed(r"@|%40"), identity::mail),
        (
            fixed(
                r"(?:/home/|/run/media/|/Users/|%2F(?:home|Users)%2F|(?i:[\\/]{1,2}(?:users|documents and settings)\\{1,2}|:/users/))",
            ),
            identity::home,
        ),
        (fixed(r"(?i)[23][0-9a-f]{3}:[0-9a-f:]"), identity::ipv6),
        (fixed(r"(?i)f[cde][0-9a-f]{2}:[0-9a-f:]"), identity::ipv6),
        (fixed(r"(?i)(?:::ffff:|64:ff9b::)[0-9a-f]{1,4}:"), identity::ipv6),
        (fixed(r"(?i)(?:[0-9a-f]\.){32}ip6\.arpa"), identity::reverse_ipv6),
        (fixed(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"), identity::ipv4),
        (fixed(r"[0-9]{1,3}(?:-[0-9]{1,3}){3}"), identity::dashed_ipv4),
        (fixed(r"(?i)(?:p|ip|x)[0-9a-f]{8}\."), identity::hex_ipv4),
        (fixed(r"(?i)[0-9a-f]{1,2}(?:[:_-][0-9a-f]{1,2}){5}"), identity::mac),
        (fixed(r"(?i)[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}"), identity::dotted_mac),
        (fixed(r"(?:enx|wlx|wwx)[0-9a-f]{12}"), identity::mac_in_interface),
        (
            fixed(concat!(
                r"(?i)(?:A[DELTZ]|B[AEGHIRY]|C[HRYZ]|D[EKO]|E[EGS]|F[IOR]|G[BEILRT]|H[RU]|I[ELQST]|JO|K[WZ]|L[BCITUVY]",
                r"|M[CDEKNRTU]|N[LO]|OM|P[KLST]|QA|R[OSU]|S[ACDEIKMTV]|T[LNR]|UA|V[AG]|XK)[0-9]{2}[ -]?[A-Z0-9]{4}"
            )),
            numbers::iban,
        ),
        (fixed(r"[0-9](?:[ -]?[0-9]){13,18}"), numbers::card),
    ]
}

struct Combined {
    regex: Regex,
    /// Says which patterns match at a place, beside the first.
    which: Regex,
    detectors: Vec<Detector>,
}

static COMBINED: LazyLock<Combined> = LazyLock::new(|| {
    let (patterns, detectors): (Vec<_>, Vec<_>) = detectors().into_iter().unzip();
    #[allow(clippy::expect_used, reason = "the patterns are constants, and a test builds them")]
    let regex = |kind| build(&patterns, kind).expect("the patterns of the detectors are valid");
    Combined { regex: regex(MatchKind::LeftmostFirst), which: regex(MatchKind::All), detectors }
});

fn build(patterns: &[String], kind: MatchKind) -> Result<Regex, Box<BuildError>> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().match_kind(kind).utf8_empty(false).hybrid_cache_capacity(8 * 1024 * 1024))
        .build_many(patterns)
        .map_err(Box::new)
}

/// Finds what is triggered in `from..to`, and returns where to go on.
pub(crate) fn detect(hay: &[u8], from: usize, to: usize, kept: &Kept, hits: &mut Vec<Hit>) -> usize {
    let Combined { regex, which, detectors } = &*COMBINED;
    let limit = hay.len().min(to + LONGEST_TRIGGER);
    let mut at = from;
    while at < to {
        let Some(found) = regex.search(&Input::new(hay).range(at..limit)).filter(|m| m.start() < to) else {
            return to;
        };
        let start = found.start();
        let mut read = |pattern: PatternID, end: usize| {
            let trigger = Trigger { hay: &hay[..hay.len().min(start + REACH)], start, end, kept };
            detectors[pattern.as_usize()](&trigger, hits)
        };
        // Where the first pattern's detector sees nothing, a later one's may: `00-15-17-40-ab-cd` begins
        // like an address in a host's name.
        let mut after = read(found.pattern(), found.end()).then_some(found.end());
        if after.is_none() {
            let input = Input::new(hay).range(start..limit);
            let mut also = PatternSet::new(detectors.len());
            which.which_overlapping_matches(&input.clone().anchored(Anchored::Yes), &mut also);
            after = also.iter().filter(|pattern| *pattern > found.pattern()).find_map(|pattern| {
                let found = regex.search(&input.clone().anchored(Anchored::Pattern(pattern)))?;
                read(pattern, found.end()).then_some(found.end())
            });
        }
        at = after.unwrap_or(start + 1);
    }
    at
}

fn placeholder(trigger: &Trigger<'_>, hits: &mut Vec<Hit>) -> bool {
    let is_one = placeholder_at(&trigger.hay[trigger.start..]).is_some();
    if is_one {
        hits.push(Hit::keep(trigger.start, trigger.end));
    }
    is_one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_are_valid_and_none_matches_nothing() {
        let patterns: Vec<_> = detectors().into_iter().map(|(p, _)| p).collect();
        let regex = build(&patterns, MatchKind::LeftmostFirst).unwrap();
        assert_eq!(regex.pattern_len(), patterns.len());
        for pattern in &patterns {
            let properties = regex_automata::util::syntax::parse(pattern).unwrap();
            let longest = properties.properties().maximum_len();
            assert!(properties.properties().minimum_len() > Some(0), "{pattern}");
            assert!(longest.is_some_and(|l| l <= LONGEST_TRIGGER), "{pattern}: {longest:?}");
        }
    }
}
