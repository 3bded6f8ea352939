"""The report: executed notebooks → one self-contained HTML file; the index over clients; the last look before delivery."""

from __future__ import annotations

from journeylib.report.assemble import collect_findings, combine
from journeylib.report.exporter import make_report
from journeylib.report.frame import Stamp, report_frame
from journeylib.report.index import make_index, read_entries
from journeylib.report.scan import scan_delivery

__all__ = ["Stamp", "collect_findings", "combine", "make_index", "make_report", "read_entries", "report_frame", "scan_delivery"]
