package assay;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;

/** Keeps the class files that javac writes; reads the library through the manager below it. */
final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, Output> outputs = new LinkedHashMap<>();

    Memory(JavaFileManager library) {
        super(library);
    }

    /** Class files by binary name. */
    Map<String, ClassFile> classes() {
        Map<String, ClassFile> classes = new LinkedHashMap<>();
        outputs.forEach((name, output) -> classes.put(name, new ClassFile(output.bytes.toByteArray(), output.origin)));
        return classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
        Output output = new Output(name, sibling instanceof Source source ? source.path : "");
        outputs.put(name, output);
        return output;
    }

    /** `origin`: the path of the source file. */
    record ClassFile(byte[] bytes, String origin) {}

    private static final class Output extends SimpleJavaFileObject {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final String origin;

        Output(String name, String origin) {
            super(URI.create("memory:/" + name.replace('.', '/').replaceAll("[^A-Za-z0-9_/$]", "_")), Kind.CLASS);
            this.origin = origin;
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }
}
