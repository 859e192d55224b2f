"""The calls of examples/parity.rs, in the same order, made with SailPoint's SDK for Python.

The SDK reads SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET from the environment. Only
failures are printed.
"""

import contextlib
import io
import time

from sailpoint.configuration import Configuration
from sailpoint.v3 import models
from sailpoint.v3.api.reports_data_extraction_api import ReportsDataExtractionApi
from sailpoint.v3.api_client import ApiClient
from sailpoint.v3.exceptions import ApiException

# The arguments are those of the examples in spec/reports.yaml.
REPORTS = [
    (
        "ACCOUNTS",
        models.AccountsExportReportArguments,
        {"application": "5b1d0c7e94f24a6d8e03b6f7a2c95d18", "sourceName": "Harbour HR"},
    ),
    ("IDENTITIES_DETAILS", models.IdentitiesDetailsReportArguments, {"correlatedOnly": False}),
    ("IDENTITIES", models.IdentitiesReportArguments, {"correlatedOnly": True}),
    (
        "IDENTITY_PROFILE_IDENTITY_ERROR",
        models.IdentityProfileIdentityErrorReportArguments,
        {"authoritativeSource": "c07f4e2b6a914d3f95d8e1b0467a3c2e"},
    ),
    ("ORPHAN_IDENTITIES", models.OrphanIdentitiesReportArguments, {"selectedFormats": ["PDF"]}),
    (
        "SEARCH_EXPORT",
        models.SearchExportReportArguments,
        {
            "indices": ["identities"],
            "query": "attributes.department:Logistics AND inactive:false",
            "columns": "displayName,email,attributes.department,accounts.spread",
            "sort": ["-created", "+displayName"],
        },
    ),
    (
        "UNCORRELATED_ACCOUNTS",
        models.UncorrelatedAccountsReportArguments,
        {"selectedFormats": ["CSV", "PDF"]},
    ),
]


def wrapped(report_type, model, arguments):
    """Creates a report in the only way that keeps the arguments of every type."""
    union = models.ReportDetailsArguments(model.from_dict(arguments))
    return models.ReportDetails(report_type=report_type, arguments=union)


def from_dict(report_type, _model, arguments):
    """Decodes the request: the arguments become the first model that accepts them."""
    return models.ReportDetails.from_dict({"reportType": report_type, "arguments": arguments})


def plain(report_type, _model, arguments):
    """Passes the arguments as a dictionary, which is accepted and dropped."""
    return models.ReportDetails(report_type=report_type, arguments=arguments)


def start_all(api, way):
    """Starts a report of each type and returns the ids of those that could be started."""
    ids = []
    for report_type, model, arguments in REPORTS:
        try:
            ids.append(api.start_report(way(report_type, model, arguments)).id)
        except ApiException as error:
            print(f"{report_type} could not be started with {way.__name__}: {error.status}")
    return ids


def main():
    # Creating the configuration authenticates.
    api = ReportsDataExtractionApi(ApiClient(Configuration()))

    ids = start_all(api, wrapped)
    api.cancel_report(ids[-1])
    # The tenant's reports take one second, and only completed ones have files.
    time.sleep(1.2)
    api.get_report_result(ids[0])
    api.get_report_result(ids[0], completed=True)
    api.get_report_result(ids[0], completed=False)
    api.get_report_result("a/b c?d&e+f%g~ü")
    # The SDK prints the path of each file.
    with contextlib.redirect_stdout(io.StringIO()):
        api.get_report(ids[0], "csv")
        api.get_report(ids[0], "pdf")
        api.get_report(ids[0], "csv", name="Q3 & Q4 = 100% + für alle?", auditable=True)
        api.get_report(ids[0], "pdf", name="harbour", auditable=False)

    # These are last: a report that could not be started would change the ids of later ones.
    start_all(api, from_dict)
    start_all(api, plain)


main()
