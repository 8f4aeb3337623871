/** A list that stays where the reader is: at the end it follows what comes, further up it does not move. */

const NEAR = 48;

/** Watch `view` (the scrolling box) and `list` inside it; `below(count)` hears how many rows wait unseen below. */
export function scroller(view, list, below) {
  let following = true;
  let unseen = 0;
  const atEnd = () => view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
  const tell = () => below(following ? -1 : unseen);
  view.addEventListener(
    "scroll",
    () => {
      following = atEnd();
      if (following) unseen = 0;
      tell();
    },
    { passive: true },
  );
  const stick = () => {
    if (following) view.scrollTop = view.scrollHeight;
  };
  const size = new ResizeObserver(stick);
  size.observe(list);
  size.observe(view);
  return {
    stick,
    /** Tell how many new messages were just added. */
    grew(count) {
      if (!following) unseen += count;
      stick();
      tell();
    },
    toEnd() {
      following = true;
      unseen = 0;
      view.scrollTop = view.scrollHeight;
      tell();
    },
    to(node) {
      following = false;
      view.scrollTop += node.getBoundingClientRect().top - view.getBoundingClientRect().top - 60;
      following = atEnd();
      tell();
    },
    following: () => following,
  };
}
