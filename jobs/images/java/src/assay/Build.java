package assay;

import java.util.List;
import java.util.Map;

/** What was compiled, not loaded yet. `classes` go by binary name, `tests` by the path of the file. */
record Build(Map<String, Memory.ClassFile> classes, Map<String, Outline> tests, List<Finding> findings) {
    private static final int FINDINGS = 200;

    /** Reports the first findings; must come before any of the code runs. */
    void findings(Report report) {
        for (Finding finding : findings.subList(0, Math.min(FINDINGS, findings.size()))) {
            report.event(
                    "finding",
                    "file", finding.file(),
                    "line", finding.line(),
                    "rule", finding.rule(),
                    "severity", finding.severity(),
                    "message", finding.message());
        }
    }
}
