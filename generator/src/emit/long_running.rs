//! Long-running operations: the description of the job, and the methods that poll it.

use proc_macro2::{Ident as Token, TokenStream};
use quote::quote;

use super::{docs, operation, parameter, token, ty};
use crate::ir::{
    ContentKind, LongRunning, Operation, Parameter, ResultFile, Step, SuccessResponse, Type,
};
use crate::name::Named;

/// Returns the description of the job for the runtime, and the methods that use it.
pub(super) fn item(
    api: &Named<'_>,
    operation: &Operation,
    visibility: Option<&TokenStream>,
) -> Option<TokenStream> {
    let plan = operation.long_running.as_ref()?;
    let state = ty(api, state(api, plan)?, false);
    let constant = token(api.names.plan(operation.number));
    let description = description(api, (&constant, visibility), plan)?;
    let request = token(api.names.request(operation.number));
    let method = api.names.method(operation.number).plain();
    let export = export(api, plan, &state);
    let resume = token(api.names.resume(operation.number));
    let methods_of = operation::methods_of(api, operation.group);
    let client = operation::client_of(api, operation.group);
    let poll_doc = docs::outer(&[
        "Returns a poller for the job that this request starts: await it, or read its states."
            .to_owned(),
    ]);
    let resume_doc = docs::outer(&[
        format!("Returns a poller for a job that [`{method}`](Self::{method}) has started before."),
        String::new(),
        "Use it to resume after a restart of the program. It starts nothing.".to_owned(),
    ]);
    Some(quote! {
        #description

        impl #request {
            #poll_doc
            pub fn poll(self) -> Poller<#state> {
                Poller::start(self.0, &#constant)
            }

            #export
        }

        impl #methods_of {
            #resume_doc
            pub fn #resume(&self, id: &str) -> Poller<#state> {
                Poller::resume(#client, &#constant, id)
            }
        }
    })
}

/// Returns the imports from the runtime for [`item`].
pub(super) fn imports(operation: &Operation, api: &Named<'_>) -> Vec<&'static str> {
    let Some(plan) = &operation.long_running else { return Vec::new() };
    let export = export(api, plan, &TokenStream::new()).map(|_| "Export");
    ["LongRunning", "Poller", "Step"].into_iter().chain(export).collect()
}

/// Returns the type of the states, which is the response of the poll operation.
pub(super) fn state<'a>(api: &'a Named<'a>, plan: &LongRunning) -> Option<&'a Type> {
    match &api.operation(plan.poll.operation).response {
        SuccessResponse::One(content) => match &content.kind {
            ContentKind::Json(ty) => Some(ty),
            ContentKind::Empty
            | ContentKind::Text
            | ContentKind::File
            | ContentKind::Events(_)
            | ContentKind::JsonLines(_) => None,
        },
        SuccessResponse::ByCase(_) => None,
    }
}

fn description(
    api: &Named<'_>,
    (constant, visibility): (&Token, Option<&TokenStream>),
    plan: &LongRunning,
) -> Option<TokenStream> {
    let LongRunning { id, status, succeeded, failed, cancelled, pending_errors, .. } = plan;
    let poll = step(api, &plan.poll)?;
    let created = option(plan.created.as_ref().map(|pointer| quote!(#pointer)));
    let cancel = option(plan.cancel.as_ref().and_then(|cancel| step(api, cancel)));
    Some(quote! {
        /// The description of the job.
        #visibility static #constant: LongRunning = LongRunning {
            id: #id,
            created: #created,
            poll: #poll,
            cancel: #cancel,
            status: #status,
            succeeded: &[#(#succeeded),*],
            failed: &[#(#failed),*],
            cancelled: &[#(#cancelled),*],
            pending_errors: &[#(#pending_errors),*],
        };
    })
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}

fn step(api: &Named<'_>, step: &Step) -> Option<TokenStream> {
    let operation = api.operation(step.operation);
    let constant = token(api.names.constant(operation.number));
    let parameter = &operation.parameter(step.parameter)?.wire.0;
    Some(quote!(Step { operation: &#constant, parameter: #parameter }))
}

/// Returns the request that downloads a file. The method of the operation creates it, unless its id is not
/// a string: the response that started the job is read without a conversion of its id.
fn download_request(api: &Named<'_>, result: &ResultFile) -> TokenStream {
    let ResultFile { download, each, id_is_text, .. } = result;
    let (file, id) = (api.operation(download.operation), download.parameter);
    let is_used = |one: &&Parameter| one.number == id || Some(one.number) == *each;
    let used: Vec<&Parameter> = file.parameters.iter().filter(is_used).collect();
    if *id_is_text {
        let method = token(api.names.method(file.number));
        let group = api.names.accessor(file.group).map(|accessor| {
            let accessor = token(accessor);
            quote!(.#accessor())
        });
        let arguments = used.iter().map(|one| token(api.names.parameter(one.number)));
        return quote!(client #group.#method(#(#arguments),*).0);
    }
    let constant = token(api.names.constant(file.number));
    let sets = used.iter().map(|one| {
        let name = api.names.parameter(one.number);
        match one.number == id {
            true => {
                let id = token(name);
                parameter::set_value(one, &quote!(#id))
            }
            false => parameter::set(api, one, name),
        }
    });
    quote!(Request::new(client, &#constant) #(#sets)*)
}

/// Returns the method `export`, if the job has a file that needs no further arguments.
fn export(api: &Named<'_>, plan: &LongRunning, state: &TokenStream) -> Option<TokenStream> {
    let result = plan.file.as_ref().filter(|file| file.in_one_call)?;
    let ResultFile { download, each, .. } = result;
    let file = api.operation(download.operation);
    let id = token(api.names.parameter(download.parameter));
    let request = download_request(api, result);
    let sequence = "Starts the job, waits until it completes, and saves its file";
    let Some(position) = *each else {
        let doc = docs::outer(&[format!("{sequence}.")]);
        return Some(quote! {
            #doc
            pub fn export(self) -> Export<#state> {
                let client = self.0.client.clone();
                Export::new(client, self.poll()).file(|client, #id| #request)
            }
        });
    };
    let other = file.parameter(position)?;
    let (of, rust) = (ty(api, &other.ty, false), token(api.names.parameter(other.number)));
    let doc = docs::outer(&[
        format!(
            "{sequence} once for each `{}`, from one run.",
            api.names.parameter(other.number).plain()
        ),
        String::new(),
        format!(
            "[`poll`](Self::poll) and then {} do the same in steps, with settings for each.",
            docs::method_link(api, file)
        ),
    ]);
    Some(quote! {
        #doc
        pub fn export(self, #rust: impl IntoIterator<Item = #of>) -> Export<#state> {
            let client = self.0.client.clone();
            let mut export = Export::new(client, self.poll());
            for #rust in #rust {
                export = export.file(move |client, #id| #request);
            }
            export
        }
    })
}
