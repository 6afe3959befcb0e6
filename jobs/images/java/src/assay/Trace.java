package assay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what was thrown, and where in the user's own files. */
final class Trace {
    private static final int FRAMES = 4;
    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");

    private final Map<String, Memory.ClassFile> classes;

    Trace(Map<String, Memory.ClassFile> classes) {
        this.classes = classes;
    }

    /** The text of what was thrown and its innermost frames: "expected: <3> but was: <4>", "Solution.java:12 in f". */
    String of(Throwable thrown, boolean named) {
        StringBuilder out = new StringBuilder(text(thrown, named));
        Throwable cause = causeOf(thrown);
        if (cause != null && cause != thrown) {
            out.append("\ncaused by ").append(text(cause, true));
        }
        for (String frame : frames(thrown)) {
            out.append('\n').append(frame);
        }
        return out.toString();
    }

    /** Its own message, or nothing. What it answers is the user's code as well, so it may throw or hold anything. */
    static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? "" : message;
        } catch (Throwable anything) {
            return "";
        }
    }

    static String name(Class<?> type) {
        return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
    }

    private static String text(Throwable thrown, boolean named) {
        String message = message(thrown).strip();
        if (!named && !message.isEmpty()) {
            return message;
        }
        return name(thrown.getClass()) + (message.isEmpty() ? "" : ": " + message);
    }

    private static Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable anything) {
            return null;
        }
    }

    private List<String> frames(Throwable thrown) {
        List<String> frames = new ArrayList<>();
        StackTraceElement[] stack;
        try {
            stack = thrown.getStackTrace();
        } catch (Throwable anything) {
            return frames;
        }
        for (StackTraceElement element : stack) {
            Memory.ClassFile file = classes.get(element.getClassName());
            if (file == null || file.origin().isEmpty()) {
                continue;
            }
            Matcher lambda = LAMBDA.matcher(element.getMethodName());
            String method = lambda.matches() ? lambda.group(1) : element.getMethodName();
            String frame = file.origin() + ":" + element.getLineNumber() + " in " + method;
            if (!frames.contains(frame)) {
                frames.add(frame);
            }
            if (frames.size() == FRAMES) {
                break;
            }
        }
        return frames;
    }
}
