package assay;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.PrimitiveTypeTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;

/**
 * Takes everything out of code but its declarations: each body throws an error that nothing expects, each field has
 * the default value of its type. What the tests still pass on it, they do not prove.
 */
final class Stub {
    private final SourcePositions positions;
    private final String home = "stub" + new BigInteger(64, new SecureRandom()).toString(36);
    private final String body = "throw new " + home + ".Absent();";

    Stub(JavacTask task) {
        positions = Trees.instance(task).getSourcePositions();
    }

    /** The parsed units without their meaning, and the error that they throw. */
    List<Source> of(Iterable<? extends CompilationUnitTree> units) throws IOException {
        List<Source> sources = new ArrayList<>();
        String error = "package " + home + "; public final class Absent extends Error {}";
        sources.add(new Source(home + "/Absent.java", error));
        for (CompilationUnitTree unit : units) {
            String text = unit.getSourceFile().getCharContent(true).toString();
            sources.add(new Source(Source.path(unit.getSourceFile()), new Editor(unit, text).edited()));
        }
        return sources;
    }

    /** Characters from `start` to `end` make way for `text`. */
    private record Edit(int start, int end, String text) {}

    private final class Editor {
        private final CompilationUnitTree unit;
        private final String text;
        private final List<Edit> edits = new ArrayList<>();

        Editor(CompilationUnitTree unit, String text) {
            this.unit = unit;
            this.text = text;
        }

        String edited() {
            for (Tree type : unit.getTypeDecls()) {
                if (type instanceof ClassTree declared) {
                    type(declared);
                }
            }
            edits.sort(Comparator.comparingInt(Edit::start));
            StringBuilder out = new StringBuilder();
            int at = 0;
            for (Edit edit : edits) {
                out.append(text, at, edit.start).append(edit.text);
                at = edit.end;
            }
            return out.append(text, at, text.length()).toString();
        }

        private void type(ClassTree type) {
            boolean made = false;
            for (Tree member : type.getMembers()) {
                if (start(member) < 0 || end(member) < 0) {
                    continue; // the compiler's own: a default constructor
                }
                if (member instanceof ClassTree inner) {
                    type(inner);
                } else if (member instanceof MethodTree method) {
                    made |= method.getReturnType() == null;
                    method(method);
                } else if (member instanceof BlockTree block) {
                    replace(start(block), end(block), block.isStatic() ? "static {}" : "{}");
                } else if (member instanceof VariableTree field) {
                    field(type, field);
                }
            }
            if (type.getKind() == Tree.Kind.RECORD && !made) {
                int close = end(type) - 1;
                replace(close, close, "public " + type.getSimpleName() + " {" + body + "}");
            }
        }

        /** A constructor keeps its call of another one, without which it may not compile. */
        private void method(MethodTree method) {
            BlockTree block = method.getBody();
            if (block == null) {
                return;
            }
            String first = "";
            if (method.getReturnType() == null && !block.getStatements().isEmpty()) {
                StatementTree statement = block.getStatements().get(0);
                if (start(statement) >= start(block) && end(statement) > 0 && calls(statement)) {
                    first = text.substring(start(statement), end(statement)) + " ";
                }
            }
            replace(start(block), end(block), "{ " + first + body + " }");
        }

        private boolean calls(StatementTree statement) {
            if (statement instanceof ExpressionStatementTree expression
                    && expression.getExpression() instanceof MethodInvocationTree call) {
                String name = call.getMethodSelect().toString();
                return name.equals("this") || name.equals("super") || name.endsWith(".super");
            }
            return false;
        }

        private void field(ClassTree owner, VariableTree field) {
            if (owner.getKind() == Tree.Kind.ENUM && constantOf(owner, field)) {
                ClassTree special = ((NewClassTree) field.getInitializer()).getClassBody();
                if (special != null) {
                    type(special);
                }
            } else if (field.getInitializer() != null) {
                replace(start(field.getInitializer()), end(field.getInitializer()), nothing(field));
            } else if (field.getModifiers().getFlags().contains(Modifier.FINAL)
                    && !(owner.getKind() == Tree.Kind.RECORD && !isStatic(field))) {
                replace(end(field) - 1, end(field) - 1, " = " + nothing(field));
            }
        }

        private boolean isStatic(VariableTree field) {
            return field.getModifiers().getFlags().contains(Modifier.STATIC);
        }

        /** A constant of an enum is a field of its type made where it is named; an ordinary one has a `=` before. */
        private boolean constantOf(ClassTree owner, VariableTree field) {
            if (!(field.getInitializer() instanceof NewClassTree made)
                    || !(made.getIdentifier() instanceof IdentifierTree type)
                    || !type.getName().equals(owner.getSimpleName())) {
                return false;
            }
            return !text.substring(start(field), Math.max(start(field), start(made))).contains("=");
        }

        private String nothing(VariableTree field) {
            if (!(field.getType() instanceof PrimitiveTypeTree primitive)) {
                return "null";
            }
            TypeKind kind = primitive.getPrimitiveTypeKind();
            return kind == TypeKind.BOOLEAN ? "false" : kind == TypeKind.CHAR ? "'\\0'" : "0";
        }

        private void replace(int start, int end, String by) {
            edits.add(new Edit(start, end, by));
        }

        private int start(Tree tree) {
            return (int) positions.getStartPosition(unit, tree);
        }

        private int end(Tree tree) {
            return (int) positions.getEndPosition(unit, tree);
        }
    }
}
