package assay;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Loads the classes of a build; none runs before it is used. Other files of the workspace are resources. */
final class CodeLoader extends ClassLoader {
    /** As it stands in stack traces. */
    static final String NAME = "code";

    private final Map<String, Memory.ClassFile> classes;
    private final Path root;

    CodeLoader(Map<String, Memory.ClassFile> classes, Path root) {
        super(NAME, CodeLoader.class.getClassLoader());
        this.classes = Map.copyOf(classes);
        this.root = root;
        setDefaultAssertionStatus(true);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Memory.ClassFile file = classes.get(name);
        if (file == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, file.bytes(), 0, file.bytes().length);
    }

    @Override
    protected URL findResource(String name) {
        Path file = root.resolve(name).normalize();
        try {
            return file.startsWith(root) && Files.isRegularFile(file) ? file.toUri().toURL() : null;
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
