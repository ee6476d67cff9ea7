app
exit
