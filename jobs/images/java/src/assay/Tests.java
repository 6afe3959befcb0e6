package assay;

import assay.order.SourceOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Finds the tests of a build with JUnit, runs them and reports. One use. */
final class Tests {
    /** JUnit's own log, which would go to the user's stderr; kept, since loggers are forgotten otherwise. */
    private static final Logger JUNIT = Logger.getLogger("org.junit");

    private final Build build;
    private final Report report;
    private final Map<String, String> dropped;
    /** The file of each class at top level, and of each class the methods in the order of the source. */
    private final Map<String, String> homes = new HashMap<>();
    private final Map<String, List<String>> methods = new LinkedHashMap<>();

    /** `dropped`: the ids of the tests that are not in the build, and why they are not. */
    Tests(Build build, Report report, Map<String, String> dropped) {
        this.build = build;
        this.report = report;
        this.dropped = dropped;
    }

    /** Runs the tests of `files` but those in `skip`; returns the exit code. Throws Broken when none can be run. */
    int run(List<String> files, Set<String> skip) throws Broken {
        JUNIT.setLevel(Level.OFF);
        ClassLoader loader = new CodeLoader(build.classes(), Path.of("").toAbsolutePath());
        Thread.currentThread().setContextClassLoader(loader);
        List<DiscoverySelector> selectors = selectors(files, loader);
        Launcher launcher = launcher();
        Map<String, String> ids = new LinkedHashMap<>();
        Set<String> left = new HashSet<>(skip);
        TestPlan plan = launcher.discover(request(selectors, ids, left));
        List<String> all = new ArrayList<>(dropped.keySet());
        all.addAll(ids.values());
        report.event("collected", "ids", all);
        Map<String, String> told = new LinkedHashMap<>(dropped);
        told.keySet().removeAll(skip);
        told.forEach((id, message) -> {
            report.event("start", "id", id);
            report.event("case", "id", id, "outcome", "error", "message", message, "ms", 0.0);
        });
        Listener listener = new Listener(report, new Trace(build.classes()), ids);
        while (plan != null) {
            try {
                launcher.execute(plan, listener);
                plan = null;
            } catch (OutOfMemoryError error) {
                // JUnit gives up at this one error; the other tests may well have room.
                listener.stopped(error);
                left.addAll(listener.done());
                plan = launcher.discover(request(selectors, ids, left));
            }
        }
        int code = all.isEmpty() ? 5 : !told.isEmpty() || listener.bad() ? 1 : 0;
        report.event("finish", "code", code);
        return code;
    }

    private static Launcher launcher() {
        return LauncherFactory.create(LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .addTestEngines(new JupiterTestEngine())
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .build());
    }

    /** All tests are noted in `ids`; those whose id is in `left` are left out. */
    private LauncherDiscoveryRequest request(
            List<DiscoverySelector> selectors, Map<String, String> ids, Set<String> left) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        request.selectors(selectors);
        request.configurationParameter("junit.jupiter.testmethod.order.default", SourceOrder.class.getName());
        methods.forEach(
                (type, names) -> request.configurationParameter(SourceOrder.KEY + type, String.join(",", names)));
        request.filters((PostDiscoveryFilter) test -> {
            String id = idOf(test, ids);
            return FilterResult.includedIf(id != null && !left.contains(id));
        });
        return request.build();
    }

    private List<DiscoverySelector> selectors(List<String> files, ClassLoader loader) throws Broken {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String file : files) {
            Outline outline = build.tests().get(file);
            if (outline == null) {
                throw new Broken(file + ": there is no such file");
            }
            methods.putAll(outline.methods());
            for (String name : outline.tops()) {
                homes.put(name, file);
                selectors.add(DiscoverySelectors.selectClass(loaded(name, loader)));
            }
        }
        return selectors;
    }

    private static Class<?> loaded(String name, ClassLoader loader) throws Broken {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError error) {
            throw new Broken("the class " + name + " cannot be loaded: " + error);
        }
    }

    /** "{file}::{method}" of a descriptor, noted in `ids`; a second of a name gets "[2]"; null for no test. */
    private String idOf(TestDescriptor test, Map<String, String> ids) {
        if (!(test.getSource().orElse(null) instanceof MethodSource source)) {
            return null;
        }
        String known = ids.get(test.getUniqueId().toString());
        if (known != null) {
            return known;
        }
        String outer = source.getClassName().contains("$")
                ? source.getClassName().substring(0, source.getClassName().indexOf('$'))
                : source.getClassName();
        String name = homes.get(outer) + "::" + source.getMethodName();
        String id = name;
        for (int n = 2; ids.containsValue(id) || dropped.containsKey(id); n++) {
            id = name + "[" + n + "]";
        }
        ids.put(test.getUniqueId().toString(), id);
        return id;
    }
}
