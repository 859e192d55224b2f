//! Path templates: matches raw paths and decodes their parameters.

use super::super::form;

/// A path template such as `/v3/reports/{id}/cancel`, split into segments.
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
    /// Parses a template. Only whole segments can be parameters, as in the document.
    pub(super) fn parse(path: &str) -> Self {
        let segment =
            |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                Some(name) => Segment::Parameter(name.to_owned()),
                None => Segment::Literal(text.to_owned()),
            };
        Self { segments: path.split('/').map(segment).collect() }
    }

    /// Returns the decoded parameters of a raw path, or `None` if it does not match the template.
    ///
    /// The path is split before it is decoded, so an encoded slash stays inside its parameter.
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

    /// Returns the number of parameters. Of two matching templates, the one with fewer is used.
    pub(super) fn parameter_count(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_extracted_and_decoded() {
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
