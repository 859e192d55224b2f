//! The payloads of webhooks and callbacks, which the server sends.
//!
//! Takes the requests that the server makes, and returns the types of their JSON bodies. Such a body that
//! is an inline schema is named after the webhook, or after the operation and its callback.

use super::Lower;
use super::body::is_json;
use super::place::Owner;
use crate::document::{OpenApi, ServerRequest};
use crate::ir::{OperationId, Payload};

impl Lower<'_> {
    /// Lowers the payloads of the webhooks.
    pub(super) fn webhooks(&mut self) {
        let document: &OpenApi = self.document;
        for request in &document.webhooks {
            self.payload(request, None, &[]);
        }
    }

    /// Lowers the payload of a request, if it is JSON. `words` precede the name of the request.
    pub(super) fn payload(
        &mut self,
        request: &ServerRequest,
        operation: Option<OperationId>,
        words: &[String],
    ) {
        let ServerRequest { at, name, method, content } = request;
        let mut hint = words.to_vec();
        hint.push(name.clone());
        hint.extend(method.as_ref().map(|method| method.to_lowercase()));
        hint.push("payload".to_owned());
        for media_type in content.iter().filter(|one| is_json(&one.name)) {
            let (owner, words) = self.part(media_type.schema, Owner::Operation(at.clone()), &hint);
            let ty = self.owned_by(owner, |lower| lower.usage(media_type.schema, &words).ty);
            let (name, method) = (name.clone(), method.clone());
            self.payloads.push(Payload { operation, name, method, ty });
        }
    }
}
