package assay;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.Trees;
import javax.lang.model.element.Element;
import javax.lang.model.element.VariableElement;

/** The text that an expression has in every run, as far as it can be read from an analysed tree. */
final class Constant {
    private Constant() {}

    /** A literal, a constant variable or a sum of such; null when it depends on the run. */
    static Object of(Trees trees, CompilationUnitTree unit, ExpressionTree expression) {
        if (expression instanceof LiteralTree literal) {
            return literal.getValue();
        }
        if (expression instanceof ParenthesizedTree inner) {
            return of(trees, unit, inner.getExpression());
        }
        if (expression instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
            Object left = of(trees, unit, sum.getLeftOperand());
            Object right = of(trees, unit, sum.getRightOperand());
            return left == null || right == null ? null : left.toString() + right;
        }
        Element element = trees.getElement(trees.getPath(unit, expression));
        return element instanceof VariableElement variable ? variable.getConstantValue() : null;
    }
}
