package assay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/** An error of the compiler's: `at` counts the characters of the file `path`; "" and -1 where it is about no file. */
record Mistake(String path, long at, String message) {
    /** Those among what the compiler said. */
    static List<Mistake> among(List<Diagnostic<? extends JavaFileObject>> said) {
        List<Mistake> mistakes = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> one : said) {
            if (one.getKind() == Diagnostic.Kind.ERROR) {
                String path = one.getSource() instanceof Source source ? source.path : "";
                String message = Finding.place(one) + "error: " + one.getMessage(Locale.ROOT);
                mistakes.add(new Mistake(path, one.getPosition(), message));
            }
        }
        return mistakes;
    }
}
