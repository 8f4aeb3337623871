// Runs before the first paint, so that a remembered theme does not flash. Not a module: modules wait.
{
  const theme = localStorage.getItem("baton.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}
