package assay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which of a file's tests its mistakes lie in. */
final class Culprits {
    private final Compiler compiler;
    private final Source source;
    private final List<Methods.Method> methods;

    Culprits(Compiler compiler, Source source) {
        this.compiler = compiler;
        this.source = source;
        this.methods = Methods.in(source.text);
    }

    /** The tests, each with its first mistake; empty when one lies elsewhere. */
    Map<Methods.Method, String> of(List<Mistake> mistakes) {
        Map<Methods.Method, String> found = misread();
        if (!found.isEmpty()) {
            return found;
        }
        for (Mistake mistake : mistakes) {
            Methods.Method method = at(mistake.at());
            if (method == null) {
                return Map.of();
            }
            found.putIfAbsent(method, mistake.message());
        }
        return found;
    }

    private Methods.Method at(long place) {
        for (Methods.Method method : methods) {
            if (method.start() <= place && place < method.end()) {
                return method;
            }
        }
        return null;
    }

    /** A syntax error may show anywhere behind its place; to blame are the tests that cannot be read alone. */
    private Map<Methods.Method, String> misread() {
        Map<String, Methods.Method> alone = new LinkedHashMap<>();
        List<Source> parts = new ArrayList<>();
        for (Methods.Method method : methods) {
            String before = Methods.blank(source.text.substring(0, method.start()));
            String own = source.text.substring(method.start(), method.end());
            Source part = new Source(source.path + "/" + parts.size(), before + "class A {" + own + "}");
            parts.add(part);
            alone.put(part.path, method);
        }
        Map<Methods.Method, String> found = new LinkedHashMap<>();
        for (Mistake mistake : parts.isEmpty() ? List.<Mistake>of() : compiler.misread(parts)) {
            String message = mistake.message().replace(mistake.path(), source.path);
            found.putIfAbsent(alone.get(mistake.path()), message);
        }
        return found;
    }
}
