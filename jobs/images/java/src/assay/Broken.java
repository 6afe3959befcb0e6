package assay;

/** The code or its tests cannot be built; the message is what its author needs to know. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
        super(message);
    }
}
