"""Reports: the numbers of the screens as tables that are printed, mailed and taken into a spreadsheet."""

from kiosk.reports.tables import REPORTS, Asked, Report, ReportRefused, report
from kiosk.reports.writing import FORMATS, PdfMissing, written

__all__ = ["FORMATS", "REPORTS", "Asked", "PdfMissing", "Report", "ReportRefused", "report", "written"]
