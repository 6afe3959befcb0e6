package assay;

import java.util.List;
import java.util.stream.Collectors;

/** The code or its tests cannot be built; the message is what its author needs to know. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    Broken(String message) {
        this(message, List.of());
    }

    Broken(List<Mistake> mistakes) {
        this(mistakes.stream().map(Mistake::message).collect(Collectors.joining("\n")), mistakes);
    }

    Broken(String message, List<Mistake> mistakes) {
        super(message);
        this.mistakes = mistakes;
    }

    /** What the compiler found; empty where it is somebody else who refuses. */
    List<Mistake> mistakes() {
        return mistakes;
    }
}
