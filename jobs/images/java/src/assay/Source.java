package assay;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.tools.FileObject;
import javax.tools.SimpleJavaFileObject;

/** A source file in memory, known by its path below the workspace. */
final class Source extends SimpleJavaFileObject {
    final String path;
    final String text;

    Source(String path, String text) {
        super(uri(path), Kind.SOURCE);
        this.path = path;
        this.text = text;
    }

    private static URI uri(String path) {
        try {
            return new URI("source", null, "/" + path, null);
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    /** The path of a source as javac hands it out, in a wrapping of its own. */
    static String path(FileObject file) {
        return file.toUri().getPath().substring(1);
    }

    /** All Java files below the folder, by path. */
    static List<Source> below(Path root) throws IOException {
        List<Source> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes about) throws IOException {
                if (about.isRegularFile() && file.toString().endsWith(".java")) {
                    found.add(new Source(root.relativize(file).toString(), Files.readString(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.comparing(source -> source.path));
        return found;
    }

    String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
        return kind == Kind.SOURCE && fileName().equals(simpleName + ".java");
    }
}
