//! Which names are an organisation's domain. A home router or a container engine gives every
//! computer one too, and it says nothing: taken for private, it would black out harmless text.

/// The domain, if this can be an organisation's: at least two labels, well formed, and none of the
/// names that routers, clouds and container engines hand out.
pub(super) fn plausible(name: &str) -> Option<String> {
    let name = name.trim().trim_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let well_formed = labels.iter().all(|l| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !l.starts_with('-')
            && !l.ends_with('-')
    });
    let last = *labels.last()?;
    let handed_out =
        matches!(last, "box" | "lan" | "home" | "localdomain" | "localhost" | "arpa" | "invalid")
            || ["cluster.local", "compute.internal", "docker.internal", "speedport.ip", "ts.net"].iter().any(
                |known| name == *known || name.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')),
            );
    let numeric = last.chars().all(|c| c.is_ascii_digit());
    (labels.len() >= 2 && name.len() <= 253 && well_formed && !handed_out && !numeric).then_some(name)
}

/// A host name parted into this computer's own name and what follows it.
pub(super) fn part(full: &str) -> (&str, Option<&str>) {
    match full.split_once('.') {
        Some((host, rest)) if !host.is_empty() => (host, Some(rest)),
        _ => (full, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisations_domain_is_told_from_what_routers_hand_out() {
        assert_eq!(plausible("Corp.Example.").as_deref(), Some("corp.example"));
        assert_eq!(plausible("firma.local").as_deref(), Some("firma.local"));
        assert_eq!(plausible("intern.müller.example").as_deref(), Some("intern.müller.example"));
        for name in [
            "",
            ".",
            "local",
            "localdomain",
            "fritz.box",
            "home.arpa",
            "lan",
            "x.lan",
            "speedport.ip",
            "eu-west-1.compute.internal",
            "default.svc.cluster.local",
            "a..b",
            "-a.example",
            "a b.example",
            "10.0.0.1",
            "tail1234.ts.net",
        ] {
            assert_eq!(plausible(name), None, "{name:?}");
        }
        assert_eq!(plausible("notcluster.local").as_deref(), Some("notcluster.local"));
    }

    #[test]
    fn a_full_name_is_parted_at_its_first_dot() {
        assert_eq!(part("pc1.corp.example"), ("pc1", Some("corp.example")));
        assert_eq!(part("pc1"), ("pc1", None));
        assert_eq!(part(".odd"), (".odd", None));
    }
}
