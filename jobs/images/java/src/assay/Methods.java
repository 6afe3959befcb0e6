package assay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The test methods of a file, found by braces and annotations alone, so that one with a mistake in it is found as any
 * other: where its own braces do not match, the next annotation ends it.
 */
final class Methods {
    /** The characters from `start` to `end`, which hold the annotations, the head and the body. */
    record Method(String name, int start, int end) {}

    private static final Pattern HIDING = Pattern.compile("//[^\n]*"
            + "|(?s:/\\*.*?\\*/)"
            + "|(?s:\"\"\".*?(?<!\\\\)\"\"\")"
            + "|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"?"
            + "|'[^'\\\\\n]*+(?:\\\\.[^'\\\\\n]*+)*+'?");

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record)\\s+\\w");
    private static final Pattern TEST =
            Pattern.compile("@(?:\\w+\\.)*(?:(?:Parameterized|Repeated)?Test|TestFactory|TestTemplate)\\b");
    private static final Pattern NAME = Pattern.compile("(\\w+)\\s*\\([^()]*\\)\\s*(?:throws[\\w.,\\s]*)?$");

    /** Without comments and what stands in quotes. */
    private final String text;

    private final Deque<Character> open = new ArrayDeque<>();
    private final List<Method> found = new ArrayList<>();
    /** How many of `open` are the braces of types; where these are all, members begin. */
    private int types;
    /** Where the member in hand begins, and its body. */
    private int from;

    private int body;

    private Methods(String text) {
        this.text = text;
    }

    static List<Method> in(String text) {
        Methods methods = new Methods(HIDING.matcher(text).replaceAll(hidden -> blank(hidden.group())));
        methods.walk();
        return methods.found;
    }

    /** As many characters, of which only the line feeds are left. */
    static String blank(String text) {
        return text.replaceAll("[^\n]", " ");
    }

    private void walk() {
        Matcher test = TEST.matcher(text);
        for (int at = 0; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '(' -> open.push('(');
                case ')' -> close('(');
                case '{' -> opened(at);
                case '}' -> closed(at);
                case ';' -> from = atMembers() ? at + 1 : from;
                case '@' -> {
                    if (test.region(at, text.length()).lookingAt()) {
                        begun(at);
                    }
                }
                default -> {}
            }
        }
        if (open.size() > types) {
            member(text.length());
        }
        if (!open.isEmpty()) {
            end(text.lastIndexOf('}')); // the last one lacks a brace and took that of its class
        }
    }

    private boolean atMembers() {
        return open.size() == types;
    }

    private boolean close(char opening) {
        boolean fits = !open.isEmpty() && open.peek() == opening;
        if (fits) {
            open.pop();
        }
        return fits;
    }

    private void opened(int at) {
        if (atMembers()) {
            body = at;
            if (TYPE.matcher(text.substring(from, at)).find()) {
                types++;
                from = at + 1;
            }
        }
        open.push('{');
    }

    private void closed(int at) {
        while (close('(')) {}
        if (!close('{')) {
            end(at); // the last one has a brace too many
        } else if (atMembers()) {
            member(at + 1);
        } else if (open.size() < types) {
            types--;
            from = at + 1;
        }
    }

    /** A test begins, whether or not the one before it has ended as it should. */
    private void begun(int at) {
        if (!atMembers()) {
            member(at);
            while (!atMembers()) {
                open.pop();
            }
        } else if (types == 0) {
            end(at);
            open.push('{');
            types = 1;
        }
    }

    /** The member in hand ends; it is noted when it is a test. */
    private void member(int end) {
        String head = text.substring(Math.min(from, body), body);
        Matcher name = NAME.matcher(head);
        if (TEST.matcher(head).find() && name.find()) {
            found.add(new Method(name.group(1), from, end));
        }
        from = end;
    }

    /** The last test ends elsewhere than its braces say. */
    private void end(int at) {
        if (!found.isEmpty()) {
            Method last = found.remove(found.size() - 1);
            found.add(new Method(last.name, last.start, Math.max(last.start, at)));
        }
        from = Math.max(from, at);
    }
}
