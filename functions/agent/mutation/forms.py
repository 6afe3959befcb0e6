"""What the nodes of the five languages with braces are called by their grammars: `FORMS`.

What all of them share is in `brace_rules`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """A set of words, written with blanks between them."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Form:
    """Node types of one language.

    `functions` have bodies that tests can reach; `never` is left alone with all in it, and so are `hidden`: pairs of a
    type and its field. `returns`: the field of a function with the type of what it returns; `zeros`: what else it may
    return, by that type, and `otherwise` for a type that is not among them ("": nothing). `says`: calls whose texts
    are for people. `empty`: what a statement leaves. `joins`: `+` also joins texts, and `-` does not compile there.
    `unused`: a variable without a use does not compile. `narrows`: the compiler learns types from conditions."""

    functions: frozenset[str]
    never: frozenset[str]
    hidden: frozenset[tuple[str, str]]
    returns: str
    zeros: Mapping[str, str]
    otherwise: str
    says: re.Pattern[str]
    numbers: frozenset[str]
    texts: frozenset[str]
    chars: frozenset[str] = frozenset()
    empty: str = "{}"
    joins: bool = True
    unused: bool = False
    narrows: bool = False


_ZERO = dict.fromkeys(
    ["int", "long", "short", "byte", "char", "float", "double", "sbyte", "uint", "ulong", "ushort", "decimal"], "0"
)
_GO_NUMBERS = [
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "byte",
    "rune",
]
_SCRIPT_NEVER = words(
    """import_statement export_clause decorator type_annotation type_arguments type_parameters type_alias_declaration
    interface_declaration enum_declaration ambient_declaration throw_statement regex literal_type union_type
    object_type array_type generic_type tuple_type function_type lookup_type conditional_type intersection_type
    template_literal_type jsx_attribute type_predicate_annotation asserts_annotation index_type_query readonly_type
    function_signature"""
)
_SCRIPT_FUNCTIONS = words(
    """function_declaration function_expression generator_function generator_function_declaration arrow_function
    method_definition"""
)
_SCRIPT_SAYS = re.compile(r"console\.\w+|\w*Error|require|import|assert(\.\w+)?|log(ger)?\.\w+|Symbol(\.for)?")
_SCRIPT_HIDDEN = frozenset({("for_statement", "increment"), ("pair", "key"), ("switch_case", "value")})

FORMS: Mapping[str, Form] = {
    "javascript": Form(
        functions=_SCRIPT_FUNCTIONS,
        never=_SCRIPT_NEVER,
        hidden=_SCRIPT_HIDDEN,
        returns="",
        zeros={},
        otherwise="null",
        says=_SCRIPT_SAYS,
        numbers=words("number"),
        texts=words("string"),
        joins=False,
    ),
    "typescript": Form(
        functions=_SCRIPT_FUNCTIONS,
        never=_SCRIPT_NEVER,
        hidden=_SCRIPT_HIDDEN,
        returns="return_type",
        zeros={"number": "0", "string": '""', "bigint": "0n"},
        otherwise="[]",
        says=_SCRIPT_SAYS,
        numbers=words("number"),
        texts=words("string"),
        narrows=True,
    ),
    "java": Form(
        functions=words("method_declaration constructor_declaration compact_constructor_declaration lambda_expression"),
        never=words(
            """import_declaration package_declaration annotation marker_annotation modifiers type_arguments
            type_parameters superclass super_interfaces throws throw_statement enum_constant switch_label
            assert_statement annotation_type_declaration array_type explicit_constructor_invocation"""
        ),
        hidden=frozenset({("for_statement", "update")}),
        returns="type",
        zeros={**_ZERO, "String": '""'},
        otherwise="null",
        says=re.compile(
            r"System\.(out|err)\.\w+|(\w+\.)*(log|logger|LOG|LOGGER)\.\w+|\w*(Exception|Error)|Objects\.requireNonNull"
        ),
        numbers=words("decimal_integer_literal decimal_floating_point_literal"),
        texts=words("string_literal"),
        chars=words("character_literal"),
    ),
    "go": Form(
        functions=words("function_declaration method_declaration func_literal"),
        never=words(
            """import_declaration package_clause type_declaration array_type type_parameter_list type_arguments
            go_statement defer_statement expression_case_value slice_type map_type"""
        ),
        hidden=frozenset(
            {("for_clause", "update"), ("expression_case", "value"), ("keyed_element", "key"), ("make", "type")}
        ),
        returns="result",
        zeros={**dict.fromkeys(_GO_NUMBERS, "0"), "string": '""', "error": "nil", "any": "nil"},
        otherwise="",
        says=re.compile(r"fmt\.(Print|Fprint|Errorf)\w*|errors\.New|panic|log\.\w+"),
        numbers=words("int_literal float_literal"),
        texts=words("interpreted_string_literal raw_string_literal"),
        chars=words("rune_literal"),
        empty="",
        unused=True,
    ),
    "csharp": Form(
        functions=words(
            """method_declaration constructor_declaration local_function_statement lambda_expression
            operator_declaration anonymous_method_expression accessor_declaration property_declaration
            indexer_declaration conversion_operator_declaration"""
        ),
        never=words(
            """using_directive attribute_list enum_declaration type_argument_list type_parameter_list base_list
            throw_statement throw_expression constant_pattern case_switch_label case_pattern_switch_label
            interpolation_format_clause interpolation_alignment_clause constructor_initializer goto_statement
            preproc_if preproc_region preproc_pragma"""
        ),
        hidden=frozenset({("for_statement", "update"), ("switch_expression_arm", "pattern")}),
        returns="returns",
        zeros={**_ZERO, "char": r"'\0'", "string": '""'},
        otherwise="default",
        says=re.compile(r"(System\.)?(Console|Debug|Trace)\.\w+|\w*Exception|nameof|log(ger)?\.\w+"),
        numbers=words("integer_literal real_literal"),
        texts=words("string_literal verbatim_string_literal"),
        chars=words("character_literal"),
    ),
}
