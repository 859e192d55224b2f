//! The operations that the mock tenant implements, as a closed set.

/// An operation of the tenant: the four of the reports document, and the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `POST /oauth/token`, which the document mentions only as a security scheme.
    Token,
    /// `POST /v3/reports/run`.
    StartReport,
    /// `GET /v3/reports/{taskResultId}/result`.
    GetReportResult,
    /// `GET /v3/reports/{taskResultId}`.
    GetReport,
    /// `POST /v3/reports/{id}/cancel`.
    CancelReport,
}

impl Operation {
    /// All operations, the token endpoint first.
    pub const ALL: [Self; 5] = [
        Self::Token,
        Self::StartReport,
        Self::GetReportResult,
        Self::GetReport,
        Self::CancelReport,
    ];

    /// Returns the operation id of the document; `token` for the token endpoint.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::StartReport => "startReport",
            Self::GetReportResult => "getReportResult",
            Self::GetReport => "getReport",
            Self::CancelReport => "cancelReport",
        }
    }

    /// Returns the operation with an id, if the mock tenant implements it.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.id() == id)
    }
}
