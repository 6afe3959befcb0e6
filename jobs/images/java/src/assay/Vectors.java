package assay;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes calls and reports what they give. What they should give is not known here. */
final class Vectors {
    private final Build build;
    private final Report report;

    Vectors(Build build, Report report) {
        this.build = build;
        this.report = report;
    }

    /** Says which calls can be made, before any of the code runs, then makes them; returns the exit code. */
    int run(List<Job.Call> calls) {
        ClassLoader loader = new CodeLoader(build.classes(), Path.of("").toAbsolutePath());
        Thread.currentThread().setContextClassLoader(loader);
        Map<String, Target> targets = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        for (Job.Call call : calls) {
            Target.Found found = Target.find(call, build.classes(), loader);
            if (found.target() != null) {
                targets.put(call.id(), found.target());
            } else if (found.refused()) {
                refused.add(call.id());
            }
        }
        report.event("supported", "ids", new ArrayList<>(targets.keySet()), "refused", refused);
        targets.forEach(this::call);
        report.event("finish", "code", 0);
        return 0;
    }

    private void call(String id, Target target) {
        report.event("start", "id", id);
        long begun = System.nanoTime();
        String value;
        try {
            value = Encoder.encode(target.invoke(), report.room());
        } catch (InvocationTargetException thrown) {
            raised(id, thrown.getCause());
            return;
        } catch (ReflectiveOperationException | LinkageError | StackOverflowError | OutOfMemoryError error) {
            raised(id, error);
            return;
        }
        double ms = (System.nanoTime() - begun) / 1000 / 1000.0;
        report.event("value", "id", id, "value", new Report.Raw(value), "ms", ms);
    }

    private void raised(String id, Throwable thrown) {
        List<String> errors = new ArrayList<>();
        for (Class<?> type = thrown.getClass(); type != Object.class; type = type.getSuperclass()) {
            if (Types.named(type)) {
                errors.add(Trace.name(type));
            }
        }
        report.event("raised", "id", id, "errors", errors, "message", new Trace(build.classes()).of(thrown, false));
    }
}
