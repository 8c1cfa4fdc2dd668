# shellcheck shell=bash
# Sourced by initialize.sh: run_scripts runs what the values give for the first initialisation. Nothing of it counts until
# all of it has succeeded: the folder that the server works in gets its final name afterwards.
scripts_directory=/etc/postgresql/initdb

# run_scripts DIRECTORY: as the superuser, in the application's database, through libpq's own variables. The folders below
# it are the values', the ConfigMap's and the Secret's.
run_scripts() {
  local script name
  for script in "$1"/*/*; do
    [[ -f $script ]] || continue
    name=$(basename "$script")
    say "runs $name"
    case $name in
      *.sql) psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file="$script" >/dev/null & ;;
      *.sh) bash -e "$script" & ;;
      *) refuse "primary.initdb has the script $name; a script's name ends with .sql or .sh. Rename it; the database is made when it can be run." ;;
    esac
    # In the background, because bash runs a trap only between two commands, and a script may take long.
    wait $! || refuse_script "$name"
  done
}

refuse_script() {
  refuse "the script $1 of primary.initdb failed, for the reason above. Nothing of it is kept: correct it, and the next attempt makes the database anew."
}
