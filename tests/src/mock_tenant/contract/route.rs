//! Path templates: which operation a method and a raw path mean.

use super::super::form;

/// A path template such as `/v3/reports/{id}/cancel`, cut into segments.
#[derive(Debug)]
pub(super) struct Template {
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

impl Template {
    /// Reads a template. Only whole segments can be parameters, as in the document.
    pub(super) fn parse(path: &str) -> Self {
        let segment =
            |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(text.to_owned()),
            };
        Self { segments: path.split('/').map(segment).collect() }
    }

    /// The parameters of a raw path that fits the template, decoded; nothing if it does not fit.
    ///
    /// The path is cut before it is decoded, so an encoded slash stays inside its parameter.
    pub(super) fn parameters(&self, raw_path: &str) -> Option<Vec<(String, String)>> {
        let parts: Vec<_> = raw_path.split('/').collect();
        if parts.len() != self.segments.len() {
            return None;
        }
        let mut parameters = vec![];
        for (segment, part) in self.segments.iter().zip(parts) {
            let text = form::decode_component(part).ok()?;
            match segment {
                Segment::Literal(literal) if *literal == text => {}
                Segment::Parameter(name) if !text.is_empty() => {
                    parameters.push((name.clone(), text))
                }
                Segment::Literal(_) | Segment::Parameter(_) => return None,
            }
        }
        Some(parameters)
    }

    /// How many segments are parameters. Of two templates that fit, the one with fewer is meant.
    pub(super) fn parameter_count(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_cut_out_and_decoded() {
        let template = Template::parse("/v3/reports/{id}/cancel");
        let id = |path| Some(template.parameters(path)?.pop()?.1);
        assert_eq!(id("/v3/reports/a%2Fb/cancel"), Some("a/b".to_owned()));
        for other in
            ["/v3/reports//cancel", "/v3/reports/x", "/v3/reports/x/cancel/", "/reports/x/cancel"]
        {
            assert_eq!(id(other), None, "{other}");
        }
        assert_eq!(template.parameter_count(), 1);
    }
}
