package assay;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;

/** Finds calls that deserve a second look: programs, SQL and scripts put together from values, weak ciphers. */
final class Scan {
    private static final Set<String> SHELLS = Set.of("sh", "bash", "/bin/sh", "/bin/bash", "cmd", "cmd.exe");
    private static final Set<String> WEAK_HASHES = Set.of("MD2", "MD5", "SHA1", "SHA-1");

    private final Trees trees;
    private final List<Finding> findings;

    Scan(JavacTask task, List<Finding> findings) {
        this.trees = Trees.instance(task);
        this.findings = findings;
    }

    /** Adds the findings of an analysed unit. */
    void scan(CompilationUnitTree unit, String path) {
        new Visitor(unit, path).scan(unit, null);
    }

    private final class Visitor extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final String path;

        Visitor(CompilationUnitTree unit, String path) {
            this.unit = unit;
            this.path = path;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            Element method = trees.getElement(getCurrentPath());
            if (method != null && method.getEnclosingElement() instanceof TypeElement owner) {
                String name = owner.getQualifiedName() + "." + method.getSimpleName();
                look(call, name, call.getArguments());
            }
            return super.visitMethodInvocation(call, nothing);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void nothing) {
            Element constructor = trees.getElement(getCurrentPath());
            if (constructor != null && constructor.getEnclosingElement() instanceof TypeElement owner) {
                look(made, owner.getQualifiedName() + ".new", made.getArguments());
            }
            return super.visitNewClass(made, nothing);
        }

        private void look(Tree at, String name, List<? extends ExpressionTree> arguments) {
            switch (name) {
                case "java.lang.Runtime.exec", "java.lang.ProcessBuilder.new", "java.lang.ProcessBuilder.command" -> {
                    if (shell(arguments)) {
                        found(at, "S-shell", "error", "a shell command is put together from values");
                    } else {
                        found(at, "S-exec", "warning", "starts another program");
                    }
                }
                case "java.sql.Statement.execute",
                        "java.sql.Statement.executeQuery",
                        "java.sql.Statement.executeUpdate",
                        "java.sql.Statement.addBatch",
                        "java.sql.Connection.prepareStatement" -> {
                    if (!arguments.isEmpty() && joined(arguments.get(0))) {
                        found(at, "S-sql", "error", "SQL is put together from values; use a PreparedStatement with ?");
                    }
                }
                case "javax.script.ScriptEngine.eval" -> {
                    if (!arguments.isEmpty() && !constant(arguments.get(0))) {
                        found(at, "S-eval", "error", "runs text as a program");
                    }
                }
                case "java.io.ObjectInputStream.readObject", "java.beans.XMLDecoder.readObject" ->
                        found(at, "S-deserialise", "warning", "makes objects of any class from bytes");
                case "java.lang.System.exit", "java.lang.Runtime.exit", "java.lang.Runtime.halt" ->
                        found(at, "S-exit", "warning", "ends the whole process");
                case "java.lang.System.load",
                        "java.lang.System.loadLibrary",
                        "java.lang.Runtime.load",
                        "java.lang.Runtime.loadLibrary" -> found(at, "S-native", "warning", "loads native code");
                case "java.security.MessageDigest.getInstance" -> {
                    if (!arguments.isEmpty() && WEAK_HASHES.contains(String.valueOf(value(arguments.get(0))))) {
                        found(at, "S-hash", "warning", "this hash is too weak to protect anything");
                    }
                }
                case "javax.crypto.Cipher.getInstance" -> {
                    if (!arguments.isEmpty() && weakCipher(String.valueOf(value(arguments.get(0))))) {
                        found(at, "S-cipher", "warning", "this cipher is weak: use AES/GCM/NoPadding");
                    }
                }
                default -> {}
            }
        }

        /** A shell, and beside it something that is joined from values at run time. */
        private boolean shell(List<? extends ExpressionTree> arguments) {
            boolean[] seen = new boolean[2];
            for (ExpressionTree argument : arguments) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void scan(Tree tree, Void nothing) {
                        if (tree instanceof ExpressionTree expression) {
                            seen[0] |= value(expression) instanceof String text && SHELLS.contains(text);
                            seen[1] |= joined(expression);
                        }
                        return super.scan(tree, nothing);
                    }
                }.scan(argument, null);
            }
            return seen[0] && seen[1];
        }

        private boolean weakCipher(String name) {
            return name.startsWith("DES") || name.startsWith("RC4") || name.equals("AES") || name.contains("/ECB/");
        }

        /** A sum of texts, or String.format, with at least one part that is not a constant. */
        private boolean joined(ExpressionTree expression) {
            if (expression.getKind() == Tree.Kind.PLUS) {
                return !constant(expression);
            }
            if (expression instanceof MethodInvocationTree call && !call.getArguments().isEmpty()) {
                Element method = trees.getElement(trees.getPath(unit, call));
                return method != null
                        && method.getKind() == ElementKind.METHOD
                        && Set.of("format", "formatted", "concat").contains(method.getSimpleName().toString())
                        && method.getEnclosingElement().toString().equals("java.lang.String");
            }
            return false;
        }

        private boolean constant(ExpressionTree expression) {
            return value(expression) != null;
        }

        private Object value(ExpressionTree expression) {
            return Constant.of(trees, unit, expression);
        }

        private void found(Tree at, String rule, String severity, String message) {
            long position = trees.getSourcePositions().getStartPosition(unit, at);
            findings.add(new Finding(path, unit.getLineMap().getLineNumber(position), rule, severity, message));
        }
    }
}
