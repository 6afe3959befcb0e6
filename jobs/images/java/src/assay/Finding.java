package assay;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** Something in the code under test that a reader should see; `line` counts from 1. */
record Finding(String file, long line, String rule, String severity, String message) {
    private static final Pattern CATEGORY = Pattern.compile("warning: \\[([a-z-]+)\\]");

    /** A warning of the compiler's, named after its lint category where it has one; null for anything else. */
    static Finding of(Diagnostic<? extends JavaFileObject> diagnostic) {
        boolean warning = diagnostic.getKind() == Diagnostic.Kind.WARNING
                || diagnostic.getKind() == Diagnostic.Kind.MANDATORY_WARNING;
        if (!warning || !(diagnostic.getSource() instanceof Source source)) {
            return null;
        }
        Matcher category = CATEGORY.matcher(diagnostic.toString());
        String rule = category.find() ? category.group(1) : diagnostic.getCode().replace("compiler.warn.", "");
        String message = diagnostic.getMessage(Locale.ROOT);
        return new Finding(source.path, Math.max(1, diagnostic.getLineNumber()), rule, "warning", message);
    }

    /** "file:line: " of a diagnostic, or nothing for one that is about no file. */
    static String place(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getSource() instanceof Source source
                ? source.path + ":" + Math.max(1, diagnostic.getLineNumber()) + ": "
                : "";
    }
}
