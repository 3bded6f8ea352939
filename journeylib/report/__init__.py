"""The report: executed notebooks → one self-contained HTML file; the index over clients; the last look before delivery."""

from __future__ import annotations

from journeylib.report.assemble import collect_findings, combine, make_report
from journeylib.report.frame import Stamp, report_frame
from journeylib.report.index import write_index
from journeylib.report.scan import scan_delivery

__all__ = ["Stamp", "collect_findings", "combine", "make_report", "report_frame", "scan_delivery", "write_index"]
