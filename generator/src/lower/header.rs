//! The headers of answers.

use openapiv3::{ParameterSchemaOrContent, Response};

use super::{Lower, notes};
use crate::ir::{Docs, Ident, ResponseHeader, Type, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// The numbers of the headers that an answer has. Operations share those of one name and type.
    pub(super) fn response_headers(&mut self, response: &Response, at: &Pointer) -> Vec<usize> {
        let mut numbers = Vec::new();
        for (name, header) in &response.headers {
            // It is described by the content of the answer (OpenAPI 3.0, Response Object).
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let at = at.join("headers").join(name);
            let Some((at, header)) = self.parsed.resolve(header, &at, self.diagnostics) else {
                continue;
            };
            let (ty, mut docs) = match &header.format {
                ParameterSchemaOrContent::Schema(_) => {
                    let at = at.join("schema");
                    let docs = notes::docs(self.parsed.schema(&at), false);
                    (self.usage(&at, &[name.clone(), "header".to_owned()]).ty, docs)
                }
                ParameterSchemaOrContent::Content(_) => (Type::TEXT, Docs::default()),
            };
            docs.description = header.description.or(docs.description);
            numbers.push(self.header(name, ty, docs));
        }
        numbers
    }

    fn header(&mut self, name: &str, ty: Type, docs: Docs) -> usize {
        let same =
            |known: &ResponseHeader| known.wire.0.eq_ignore_ascii_case(name) && known.ty == ty;
        self.headers.iter().position(same).unwrap_or_else(|| {
            let (wire, constant) = (WireName(name.to_owned()), Ident::default());
            self.headers.push(ResponseHeader { wire, constant, ty, docs });
            self.headers.len() - 1
        })
    }
}
