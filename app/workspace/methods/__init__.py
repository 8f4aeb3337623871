"""The Web API methods, one file per family."""

from app.workspace.methods import assistant, chat, directory, files, modals, streams
from app.workspace.methods.call import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **streams.METHODS,
    **modals.METHODS,
    **directory.METHODS,
    **files.METHODS,
    **assistant.METHODS,
}
