"""LangGraph's builder, behind one door: its own types are only partly known to the type checker."""

from typing import Any

from langgraph.graph import StateGraph  # pyright: ignore[reportMissingTypeStubs]

Graph = Any
"""A graph being drawn, or compiled."""


def new_graph(state: type, context: type) -> Graph:
    """An empty graph over a state and a context."""
    builder: Any = StateGraph
    return builder(state, context_schema=context)
