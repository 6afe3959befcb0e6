package assay;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The classes of a file at top level, and the methods of each class, nested ones too, in the order of the source. */
record Outline(List<String> tops, Map<String, List<String>> methods) {
    /** Of a parsed unit; javac empties its trees when it generates code. Classes go by binary name. */
    static Outline of(CompilationUnitTree unit) {
        Outline outline = new Outline(new ArrayList<>(), new LinkedHashMap<>());
        String home = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
        for (Tree tree : unit.getTypeDecls()) {
            if (tree instanceof ClassTree type) {
                outline.tops.add(home + type.getSimpleName());
                outline.add(home + type.getSimpleName(), type);
            }
        }
        return outline;
    }

    private void add(String name, ClassTree type) {
        List<String> names = new ArrayList<>();
        methods.put(name, names);
        for (Tree member : type.getMembers()) {
            if (member instanceof ClassTree inner) {
                add(name + "$" + inner.getSimpleName(), inner);
            } else if (member instanceof MethodTree method) {
                names.add(method.getName().toString());
            }
        }
    }
}
