//! The headers of responses.

use super::place::Owner;
use super::{Lower, notes};
use crate::document::{ParameterSchema, Response};
use crate::ir::{Docs, HeaderId, ResponseHeader, Type, WireName};

impl Lower<'_> {
    /// Returns the numbers of the headers of a response. Operations share headers of the same name and type.
    pub(super) fn response_headers(&mut self, response: &Response) -> Vec<HeaderId> {
        let mut numbers = Vec::new();
        for header in &response.headers {
            // It is described by the content of the response (OpenAPI 3.0.3, Response Object).
            if header.name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let (ty, mut docs) = match &header.schema {
                ParameterSchema::Schema(id) => {
                    let docs = notes::docs(self.schema(*id), false);
                    let own = Owner::Header(header.name.to_lowercase());
                    let words = [header.name.clone(), "header".to_owned()];
                    let (owner, words) = self.part(*id, own, &words);
                    (self.owned_by(owner, |lower| lower.usage(*id, &words).ty), docs)
                }
                ParameterSchema::Content(media_type, id) => {
                    self.report_unread_schema(media_type, *id, "the header is a string");
                    (Type::TEXT, Docs::default())
                }
            };
            docs.description = header.description.clone().or(docs.description);
            numbers.push(self.header(&header.name, ty, docs));
        }
        numbers
    }

    fn header(&mut self, name: &str, ty: Type, docs: Docs) -> HeaderId {
        let same =
            |known: &ResponseHeader| known.wire.0.eq_ignore_ascii_case(name) && known.ty == ty;
        if let Some(known) = self.headers.iter().find(|known| same(known)) {
            return known.number;
        }
        let (number, wire) = (HeaderId(self.headers.len()), WireName(name.to_owned()));
        self.headers.push(ResponseHeader { number, wire, ty, docs });
        number
    }
}
